#include "fs/op_meter.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

// As they are called in fs/fuse.
constexpr absl::string_view kOps[] = {"lookup", "getattr", "readdir",  "readdirplus",
                                      "read",   "statfs",  "getxattr", "listxattr"};

std::string HistogramName(absl::string_view op) { return absl::StrCat("fuse.seconds.", op); }

std::string ErrnoName(int error) {
  const char* name = strerrorname_np(error);
  return name == nullptr ? absl::StrCat(error) : name;
}

}  // namespace

OpMeter::OpMeter(Counters& counters)
    : counters_(counters),
      waited_(counters.Get("fuse.waited")),
      other_(counters, HistogramName("other")) {
  for (absl::string_view op : kOps) took_.emplace(op, Histogram(counters, HistogramName(op)));
}

void OpMeter::Ended(const EndedOp& op) {
  const auto known = took_.find(op.name);
  (known == took_.end() ? other_ : known->second).Add(op.took);
  if (op.waited) waited_.Add();
  if (op.error == 0 || op.error == ENOENT) return;
  counters_.Get(absl::StrCat("fuse.errors.", ErrnoName(op.error))).Add();
}

}  // namespace annofs
