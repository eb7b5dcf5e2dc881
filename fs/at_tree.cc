#include "fs/at_tree.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/point_in_time.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/dataset_records.h"
#include "fs/never_absent.h"
#include "fs/slots.h"
#include "fs/wait.h"

namespace annofs {
namespace {

class AtTreeImpl : public AtTree {
 public:
  explicit AtTreeImpl(const MomentGround& ground) : ground_(ground) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    if (directory == kAtRoot) return LookupMoment(std::string(name), context);
    ASSIGN_OR_RETURN(Moment * moment, MomentOf(directory));
    return moment->Lookup(directory, name, context);
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) override {
    if (node == kAtRoot) return AtRootAttr();
    ASSIGN_OR_RETURN(Moment * moment, MomentOf(node));
    return moment->Stat(node, context);
  }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    if (directory == kAtRoot) return ListMoments(from, fn);
    ASSIGN_OR_RETURN(Moment * moment, MomentOf(directory));
    return moment->List(directory, from, fn, context);
  }

  absl::Status Read(NodeId, ByteRange, PiecesFn, const CallContext&) override {
    return absl::AbortedError("a directory's node, not a file's");
  }

  void Forget(NodeId) override {}

  std::vector<CatalogProblem> Problems() override {
    std::vector<CatalogProblem> problems;
    for (Moment* moment : Opened()) {
      for (CatalogProblem& problem : moment->Problems()) {
        problem.key = absl::StrCat(".annofs/at/", moment->text(), "/", problem.key);
        problems.push_back(std::move(problem));
      }
    }
    return problems;
  }

  absl::StatusOr<std::string> PathOf(NodeId node) override {
    if (node == kAtRoot) return "";
    const bool is_own = node.tree() == TreeNumber::kAt;
    for (Moment* moment : Opened()) {
      if (is_own && moment->RootAttr().id.slot() != node.slot()) continue;
      const absl::StatusOr<std::string> path = moment->PathOf(node);
      if (path.ok()) return JoinPath(moment->text(), *path);
    }
    return absl::AbortedError("a node of no time that this mount shows");
  }

 private:
  absl::StatusOr<NodeAttr> LookupMoment(std::string text, const CallContext& context) {
    absl::StatusOr<absl::Time> time = ParseTime(text);
    if (!time.ok()) return absl::NotFoundError(time.status().message());
    // Not "no such name", which the kernel would keep: it will be there.
    RETURN_IF_ERROR(ParsePastTime(text, context.clock->Now()).status());
    if (const Moment* moment = Known(text)) return moment->RootAttr();
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(const Moment* moment, OpenOnce(text, *time, context));
    return moment->RootAttr();
  }

  // Opened by the first who asks; the others wait for that.
  absl::StatusOr<const Moment*> OpenOnce(const std::string& text, absl::Time time,
                                         const CallContext& context) {
    absl::MutexLock lock(&mutex_);
    auto idle = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !opening_.count(text); };
    RETURN_IF_ERROR(AwaitUnder(mutex_, absl::Condition(&idle), context));
    if (auto known = slots_.find(text); known != slots_.end()) {
      return moments_.at(known->second).get();
    }
    if (moments_.size() + opening_.size() >= ground_.most) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "this mount shows ", ground_.most, " past times already: mount anew to see others"));
    }
    opening_.insert(text);
    mutex_.Unlock();
    absl::StatusOr<std::unique_ptr<Moment>> opened = Open(text, time, context);
    mutex_.Lock();
    opening_.erase(text);
    if (!opened.ok()) {
      // What the store cannot do is ENOSYS, of which the kernel's side writes no line.
      if (absl::IsUnimplemented(opened.status())) LogWarning(opened.status().message());
      return opened.status();
    }
    return Add(*std::move(opened));
  }

  absl::StatusOr<std::unique_ptr<Moment>> Open(const std::string& text, absl::Time time,
                                               const CallContext& context) {
    absl::StatusOr<std::vector<uint32_t>> slots =
        SlotsFor(ground_.lmdb, {RecordWriter().Text("moment").Text(text).Take()});
    RETURN_IF_ERROR(NeverAbsent(slots.status()));
    absl::StatusOr<std::unique_ptr<Moment>> moment =
        Moment::Open(ground_, text, time, slots->front(), context);
    if (!moment.ok()) return Annotate(moment.status(), absl::StrCat(".annofs/at/", text));
    return moment;
  }

  const Moment* Add(std::unique_ptr<Moment> moment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const uint32_t slot = moment->RootAttr().id.slot();
    slots_[moment->text()] = slot;
    order_.push_back(moment.get());
    return (moments_[slot] = std::move(moment)).get();
  }

  const Moment* Known(const std::string& text) const {
    absl::ReaderMutexLock lock(&mutex_);
    auto known = slots_.find(text);
    return known == slots_.end() ? nullptr : moments_.at(known->second).get();
  }

  absl::StatusOr<Moment*> MomentOf(NodeId node) const {
    absl::ReaderMutexLock lock(&mutex_);
    auto found = moments_.find(node.slot());
    if (found == moments_.end()) return absl::AbortedError("a time that this mount has not shown");
    return found->second.get();
  }

  std::vector<Moment*> Opened() const {
    absl::ReaderMutexLock lock(&mutex_);
    return order_;
  }

  absl::Status ListMoments(uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn) const {
    const std::vector<Moment*> opened = Opened();
    for (uint64_t i = from; i < opened.size(); ++i) {
      if (!fn({.name = opened[i]->text(), .attr = opened[i]->RootAttr(), .next = i + 1})) break;
    }
    return absl::OkStatus();
  }

  const MomentGround ground_;
  mutable absl::Mutex mutex_;
  std::set<std::string> opening_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint32_t> slots_ ABSL_GUARDED_BY(mutex_);                // by text
  std::map<uint32_t, std::unique_ptr<Moment>> moments_ ABSL_GUARDED_BY(mutex_);  // stay to the end
  std::vector<Moment*> order_ ABSL_GUARDED_BY(mutex_);                           // as opened
};

}  // namespace

NodeAttr AtRootAttr() { return {.id = kAtRoot, .is_directory = true}; }

std::unique_ptr<AtTree> NewAtTree(const MomentGround& ground) {
  return std::make_unique<AtTreeImpl>(ground);
}

}  // namespace annofs
