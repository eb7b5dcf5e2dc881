#include "cache/store/leaving_store.h"

#include <utility>

namespace annofs {
namespace {

class LeavingStore : public ObjectStore {
 public:
  LeavingStore(std::unique_ptr<ObjectStore> store, const Cancellation& leaving)
      : store_(std::move(store)), leaving_(leaving) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
    return store_->List(request, With(context));
  }
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override {
    return store_->Get(version, range, sink, With(context));
  }
  absl::Status Connect(const CallContext& context) override {
    return store_->Connect(With(context));
  }
  Digest DigestToCheck(const ObjectVersion& version) const override {
    return store_->DigestToCheck(version);
  }
  std::string name() const override { return store_->name(); }
  std::string identity() const override { return store_->identity(); }

 private:
  CallContext With(CallContext context) const {
    if (context.cancellation == nullptr) context.cancellation = &leaving_;
    return context;
  }

  const std::unique_ptr<ObjectStore> store_;
  const Cancellation& leaving_;
};

}  // namespace

std::unique_ptr<ObjectStore> NewLeavingStore(std::unique_ptr<ObjectStore> store,
                                             const Cancellation& leaving) {
  return std::make_unique<LeavingStore>(std::move(store), leaving);
}

}  // namespace annofs
