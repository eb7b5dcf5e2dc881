#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/store/stores.h"

namespace annofs {
namespace {

class AtTimeStore : public ObjectStore {
 public:
  AtTimeStore(std::unique_ptr<ObjectStore> store, absl::Time time)
      : store_(std::move(store)), time_(time) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
    ListRequest then = request;
    then.at = time_;
    return store_->List(then, context);
  }
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override {
    return store_->Get(version, range, sink, context);
  }
  Digest DigestToCheck(const ObjectVersion& version) const override {
    return store_->DigestToCheck(version);
  }
  absl::Status Connect(const CallContext& context) override { return store_->Connect(context); }
  std::string name() const override { return WithTime(store_->name()); }
  std::string identity() const override { return WithTime(store_->identity()); }

 private:
  std::string WithTime(absl::string_view source) const {
    return absl::StrCat(source, "@",
                        absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time_, absl::UTCTimeZone()));
  }

  const std::unique_ptr<ObjectStore> store_;
  const absl::Time time_;
};

}  // namespace

std::unique_ptr<ObjectStore> NewAtTimeStore(std::unique_ptr<ObjectStore> store, absl::Time time) {
  return std::make_unique<AtTimeStore>(std::move(store), time);
}

}  // namespace annofs
