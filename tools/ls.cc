// `annofs ls` and `annofs cat`: the tree without FUSE.
#include <algorithm>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/command.h"
#include "tools/stack.h"

namespace annofs {
namespace {

constexpr uint64_t kReadBytes = 1 << 20;

void PrintEntry(const Settings& settings, absl::string_view name, const NodeAttr& attr,
                std::ostream& out) {
  absl::string_view mark = attr.is_directory ? "/" : "";
  if (settings.json) {
    out << JsonWriter()
               .BeginObject()
               .Key("name")
               .String(name)
               .Key("directory")
               .Bool(attr.is_directory)
               .Key("size")
               .Int(int64_t(attr.size))
               .Key("modified")
               .String(absl::FormatTime(attr.modified, absl::UTCTimeZone()))
               .Key("inode")
               .Int(int64_t(attr.id.value))
               .EndObject()
               .Take()
        << "\n";
  } else if (settings.long_format) {
    out << absl::StrFormat(
        "%19d %12d %s %s%s\n", attr.id.value, attr.size,
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", attr.modified, absl::UTCTimeZone()), name, mark);
  } else {
    out << name << mark << "\n";
  }
}

absl::Status List(const Settings& settings, const std::vector<std::string>& arguments,
                  std::ostream& out) {
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStack(settings, arguments[0]));
  std::string path = arguments.size() > 1 ? arguments[1] : "";
  CallContext context = CommandContext(settings);
  absl::StatusOr<NodeAttr> attr = Resolve(*stack->filesystem, path, context);
  if (!attr.ok()) return Annotate(attr.status(), path);
  if (!attr->is_directory) {
    PrintEntry(settings, path, *attr, out);
    return absl::OkStatus();
  }
  absl::Status status;
  RETURN_IF_ERROR(stack->filesystem->List(
      attr->id, 0,
      [&](const DirEntry& entry) {
        absl::StatusOr<NodeAttr> listed = entry.attr;
        if (!entry.has_size && (settings.long_format || settings.json)) {
          listed = stack->filesystem->Stat(entry.attr.id, context);
        }
        status = listed.status();
        if (listed.ok()) PrintEntry(settings, entry.name, *listed, out);
        return listed.ok() && bool(out);
      },
      context));
  return status;
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
  absl::Status status = List(settings, arguments, io.out);
  io.out.flush();
  if (status.ok() && !io.out) status = absl::InternalError("writing to standard output failed");
  return status.ok() ? kDone : Fail(io, absl::StrCat("ls: ", status.message()));
}

int RunCat(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  absl::Status status = Print(settings, arguments, io.out);
  return status.ok() ? kDone : Fail(io, absl::StrCat("cat: ", status.message()));
}

}  // namespace annofs
