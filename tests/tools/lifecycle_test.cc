// Lifecycle rules as days pass (reference/b2.md §1.14), on the emulator's store.
#include "gtest/gtest.h"
#include "tools/emulator/object_store.h"

namespace annofs::emulator {
namespace {

using Strings = std::vector<std::string>;

class LifecycleTest : public ::testing::Test {
 protected:
  LifecycleTest() {
    auto created = store_.Create("bucket", BucketSettings());
    EXPECT_TRUE(created.ok());
    bucket_ = *created;
  }

  void SetRules(std::vector<LifecycleRule> rules) {
    BucketSettings settings = bucket_->settings();
    settings.lifecycle = std::move(rules);
    ASSERT_TRUE(bucket_->Update(std::move(settings), std::nullopt).ok());
  }
  void Put(std::string name, int day, Retention retention = {}) {
    NewVersion version{.name = std::move(name), .retention = std::move(retention)};
    bucket_->Put(std::move(version), std::make_shared<const std::string>("x"), "", OnDay(day));
  }
  void Hide(absl::string_view name, int day) { ASSERT_TRUE(bucket_->Hide(name, OnDay(day)).ok()); }
  void Start(std::string name, int day) {
    bucket_->StartLarge({.name = std::move(name)}, OnDay(day));
  }
  void RunOn(int day) { store_.RunLifecycle(OnDay(day)); }
  absl::Time OnDay(int day) const { return start_ + day * absl::Hours(24); }

  // "u" upload, "h" hide, "s" start, and the name; newest first.
  Strings Versions() const {
    Strings lines;
    ListQuery query{.scope = ListQuery::Scope::kVersions};
    for (const ListedEntry& entry : bucket_->List(query).entries) {
      Action action = entry.version->action;
      lines.push_back((action == Action::kUpload ? "u "
                       : action == Action::kHide ? "h "
                                                 : "s ") +
                      entry.name);
    }
    return lines;
  }

 private:
  const absl::Time start_ = absl::FromUnixSeconds(1'700'000'000);
  ObjectStore store_{"d2e6b27577ea"};
  BucketPointer bucket_;
};

TEST_F(LifecycleTest, NothingHappensWithoutRules) {
  Put("a", 0);
  Put("a", 1);
  Hide("a", 2);
  Start("b", 0);
  RunOn(1000);
  EXPECT_EQ(Versions(), Strings({"h a", "u a", "u a", "s b"}));
}

TEST_F(LifecycleTest, FilesAreHiddenDaysAfterTheirUpload) {
  SetRules({{.prefix = "tmp/", .hide_after_upload = 3}});
  Put("tmp/a", 0);
  Put("keep", 0);
  RunOn(2);
  EXPECT_EQ(Versions(), Strings({"u keep", "u tmp/a"}));
  RunOn(3);
  EXPECT_EQ(Versions(), Strings({"u keep", "h tmp/a", "u tmp/a"}));
  RunOn(9);
  EXPECT_EQ(Versions(), Strings({"u keep", "h tmp/a", "u tmp/a"}));
}

TEST_F(LifecycleTest, VersionsAreDeletedDaysAfterANewerOneHidThem) {
  SetRules({{.prefix = "", .delete_after_hide = 1}});
  Put("a", 0);
  Put("a", 5);
  RunOn(5);
  EXPECT_EQ(Versions(), Strings({"u a", "u a"}));
  RunOn(6);
  EXPECT_EQ(Versions(), Strings({"u a"}));
  RunOn(1000);
  EXPECT_EQ(Versions(), Strings({"u a"})) << "the newest version is never deleted";
}

TEST_F(LifecycleTest, AMarkerGoesAfterWhatItHid) {
  SetRules({{.prefix = "", .delete_after_hide = 1}});
  Put("a", 0);
  Hide("a", 1);
  RunOn(2);
  RunOn(3);
  EXPECT_TRUE(Versions().empty());
}

TEST_F(LifecycleTest, UnfinishedLargeFilesAreCancelled) {
  SetRules({{.prefix = "", .cancel_after_start = 2}});
  Start("a", 0);
  Start("a", 1);
  Put("a", 0);
  RunOn(2);
  EXPECT_EQ(Versions(), Strings({"s a", "u a"}));
}

TEST_F(LifecycleTest, AStartDoesNotHideAVersion) {
  SetRules({{.prefix = "", .delete_after_hide = 1}});
  Put("a", 0);
  Start("a", 1);
  RunOn(100);
  EXPECT_EQ(Versions(), Strings({"s a", "u a"}));
}

TEST_F(LifecycleTest, LockedVersionsStayUntilTheirTime) {
  SetRules({{.prefix = "", .delete_after_hide = 1}});
  Put("a", 0, {.mode = "governance", .until_millis = absl::ToUnixMillis(OnDay(10))});
  Put("a", 1);
  RunOn(9);
  EXPECT_EQ(Versions(), Strings({"u a", "u a"}));
  RunOn(10);
  EXPECT_EQ(Versions(), Strings({"u a"}));
}

}  // namespace
}  // namespace annofs::emulator
