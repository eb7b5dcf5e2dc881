// A store that is left: requests of nobody end, those of others are as before.
#include "cache/store/leaving_store.h"

#include "gtest/gtest.h"

namespace annofs {
namespace {

// Answers what the context of a call says of itself.
class AskedStore : public ObjectStore {
 public:
  absl::StatusOr<ListPage> List(const ListRequest&, const CallContext& context) override {
    last = context;
    return ListPage{};
  }
  absl::Status Get(const ObjectVersion&, ByteRange, Sink sink,
                   const CallContext& context) override {
    last = context;
    return sink("bytes");
  }
  absl::Status Connect(const CallContext& context) override {
    last = context;
    return absl::OkStatus();
  }
  std::string name() const override { return "asked"; }
  std::string identity() const override { return "asked@here"; }

  CallContext last;
};

class LeavingStoreTest : public ::testing::Test {
 protected:
  LeavingStoreTest() {
    auto asked = std::make_unique<AskedStore>();
    asked_ = asked.get();
    store_ = NewLeavingStore(std::move(asked), leaving_);
  }
  void CallAll(const CallContext& context, const Cancellation* expected) {
    EXPECT_TRUE(store_->List({}, context).ok());
    EXPECT_EQ(asked_->last.cancellation, expected);
    EXPECT_TRUE(store_
                    ->Get(
                        {}, {}, [](absl::string_view) { return absl::OkStatus(); }, context)
                    .ok());
    EXPECT_EQ(asked_->last.cancellation, expected);
    EXPECT_TRUE(store_->Connect(context).ok());
    EXPECT_EQ(asked_->last.cancellation, expected);
    EXPECT_EQ(asked_->last.deadline, context.deadline);
  }

  Cancellation leaving_;
  AskedStore* asked_;
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(LeavingStoreTest, WhatNobodyCanCancelEndsWhenTheStoreIsLeft) {
  CallAll({.deadline = absl::UnixEpoch()}, &leaving_);
}

TEST_F(LeavingStoreTest, WhoCanCancelStillDoes) {
  Cancellation own;
  CallAll({.deadline = absl::UnixEpoch(), .cancellation = &own}, &own);
}

TEST_F(LeavingStoreTest, ItIsTheStoreThatItHolds) {
  EXPECT_EQ(store_->name(), "asked");
  EXPECT_EQ(store_->identity(), "asked@here");
}

}  // namespace
}  // namespace annofs
