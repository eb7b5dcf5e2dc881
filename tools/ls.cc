// `annofs ls` and `annofs cat`: the tree without FUSE.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/listing.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr uint64_t kReadBytes = 1 << 20;

void PrintEntry(const Settings& settings, absl::string_view name, const NodeAttr& attr,
                std::ostream& out) {
  if (settings.json) {
    out << EntryJson("name", name, attr) << "\n";
    return;
  }
  if (settings.long_format) {
    out << absl::StrFormat(
        "%19d %12d %s ", attr.id.value, attr.size,
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", attr.modified, absl::UTCTimeZone()));
  }
  out << EntryText(name, attr) << "\n";
}

// Prints the entries of a directory; what fails is told, and the others go on. Answers whether
// nothing has.
absl::StatusOr<bool> PrintDirectory(const Settings& settings, const Listing& listing, NodeId node,
                                    const Io& io) {
  bool is_whole = true;
  for (uint64_t position = 0; io.out;) {
    ASSIGN_OR_RETURN(const std::vector<ListedEntry> entries, listing.Page(node, position));
    if (entries.empty()) break;
    for (const ListedEntry& entry : entries) {
      absl::StatusOr<NodeAttr> attr = entry.attr;
      if (settings.long_format || settings.json) attr = listing.Sized(entry);
      if (absl::IsCancelled(attr.status())) return attr.status();
      if (!attr.ok()) Fail(io, absl::StrCat("ls: ", entry.name, ": ", attr.status().message()));
      is_whole &= attr.ok();
      if (attr.ok()) PrintEntry(settings, entry.name, *attr, io.out);
    }
    position = entries.back().next;
  }
  return is_whole;
}

absl::StatusOr<bool> List(const Settings& settings, const std::vector<std::string>& arguments,
                          const Io& io) {
  Interrupt interrupt;
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStack(settings, arguments[0], &interrupt));
  const Listing listing(*stack->filesystem, settings, interrupt.cancellation());
  const std::string path = arguments.size() > 1 ? arguments[1] : "";
  ASSIGN_OR_RETURN(const NodeAttr attr, listing.Find(path));
  if (attr.is_directory) {
    const absl::StatusOr<bool> is_whole = PrintDirectory(settings, listing, attr.id, io);
    if (interrupt.cancellation().cancelled()) return absl::CancelledError("interrupted");
    return is_whole;
  }
  PrintEntry(settings, path, attr, io.out);
  return true;
}

absl::Status Print(const Settings& settings, const std::vector<std::string>& arguments,
                   std::ostream& out) {
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStack(settings, arguments[0]));
  absl::StatusOr<NodeAttr> attr =
      Resolve(*stack->filesystem, arguments[1], CommandContext(settings));
  if (!attr.ok()) return Annotate(attr.status(), arguments[1]);
  if (attr->is_directory)
    return absl::InvalidArgumentError(
        absl::StrCat(arguments[1], ": is a directory (see `annofs ls`)"));
  for (uint64_t offset = 0; offset < attr->size && out; offset += kReadBytes) {
    RETURN_IF_ERROR(stack->filesystem->Read(
        attr->id, {offset, kReadBytes},
        [&out](Pieces data) {
          for (absl::string_view piece : data) out << piece;
        },
        CommandContext(settings)));
  }
  out.flush();
  if (!out) return absl::InternalError("writing to standard output failed");
  return absl::OkStatus();
}

}  // namespace

int RunLs(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const absl::StatusOr<bool> is_whole = List(settings, arguments, io);
  if (!is_whole.ok()) return Fail(io, absl::StrCat("ls: ", is_whole.status().message()));
  io.out.flush();
  if (!io.out) return Fail(io, "ls: writing to standard output failed");
  return *is_whole ? kDone : kFailed;
}

int RunCat(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  absl::Status status = Print(settings, arguments, io.out);
  return status.ok() ? kDone : Fail(io, absl::StrCat("cat: ", status.message()));
}

}  // namespace annofs
