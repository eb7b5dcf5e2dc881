// `annofs status`: asks each mount's daemon through its control socket; never touches a mountpoint.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "tools/command.h"
#include "tools/control_socket.h"
#include "tools/cost_line.h"
#include "tools/mount_table.h"
#include "tools/people.h"
#include "tools/warm_mount.h"

namespace annofs {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);

struct Answer {
  std::string socket;  // that gave it
  std::string text;
};

absl::StatusOr<Answer> Ask(const MountEntry& mount) {
  absl::Status last = absl::NotFoundError("no control socket");
  for (const std::string& path : SocketPaths(mount.device)) {
    absl::StatusOr<std::string> text = AskControl(path, "status", kPatience);
    if (text.ok()) return Answer{path, *std::move(text)};
    last = text.status();
  }
  return last;
}

// "the index of 2 h ago", "listed when first touched since …".
std::string NamesText(JsonValue names) {
  const absl::string_view kind = names.StringOr("kind", "");
  std::string text;
  if (kind == "index") {
    text =
        absl::StrCat("an index, ", RoughTime(absl::Seconds(names.IntOr("age_seconds", 0))), " old");
  } else if (kind == "past") {
    text = absl::StrCat("as of ", names.StringOr("at", "?"));
  } else if (kind == "lazy") {
    text = absl::StrCat("each directory as first touched since ", names.StringOr("since", "?"));
  } else if (kind == "offline") {
    text = "what the cache knows, offline";
  } else if (kind == "snapshot") {
    text = "of the snapshot that was asked for";
  }
  if (names["follow_seconds"].is_number()) {
    absl::StrAppend(&text, ", renewed every ",
                    absl::StrFormat("%g s", *names["follow_seconds"].AsDouble()));
  }
  return text;
}

void PrintScratch(const MountEntry& mount, std::ostream& out) {
  if (mount.scratch.empty()) return;
  out << absl::StrFormat("  scratch   %s\n  read-only %s\n", mount.scratch, mount.read_only);
}

void PrintText(const MountEntry& mount, JsonValue status, std::ostream& out) {
  JsonValue cache = status["cache"];
  JsonValue counters = status["counters"];
  out << absl::StrFormat("%s\n  source    %s (snapshot %d, annofs %s)\n", mount.mountpoint,
                         mount.source, status.IntOr("snapshot", 0),
                         status.StringOr("version", "?"));
  const std::string names = NamesText(status["names"]);
  if (!names.empty()) out << absl::StrFormat("  names     %s\n", names);
  PrintScratch(mount, out);
  out << absl::StrFormat("  cache     %s of %s, %d hits, %d misses, %d damaged\n",
                         HumanSize(uint64_t(cache.IntOr("bytes", 0))),
                         HumanSize(uint64_t(cache.IntOr("bound", 0))), cache.IntOr("hits", 0),
                         cache.IntOr("misses", 0), cache.IntOr("damaged", 0));
  out << absl::StrFormat(
      "  requests  %d lists, %d gets, %s, %d errors\n", counters.IntOr("store.requests.list", 0),
      counters.IntOr("store.requests.get", 0),
      HumanSize(uint64_t(counters.IntOr("store.bytes", 0))), counters.IntOr("store.errors", 0));
  std::string cost = CostLine(counters, status["estimate"]);
  if (!cost.empty()) out << absl::StrFormat("  cost      %s\n", cost);
  out << absl::StrFormat("  errors    %d\n", counters.IntOr("fuse.errors", 0));
}

// As it came: an object of texts and numbers, or null.
void CopyPart(absl::string_view part, JsonValue object, JsonWriter& line) {
  line.Key(part);
  if (!object.is_object()) {
    line.Null();
    return;
  }
  line.BeginObject();
  object.ForEachMember([&line](absl::string_view name, JsonValue value) {
    line.Key(name);
    value.is_number() ? line.Double(*value.AsDouble()) : line.String(value.AsString().value_or(""));
  });
  line.EndObject();
}

void PrintOne(const Settings& settings, const MountEntry& mount, std::ostream& out) {
  absl::StatusOr<Answer> answer = Ask(mount);
  absl::StatusOr<JsonDocument> parsed =
      answer.ok() ? JsonDocument::Parse(answer->text) : answer.status();
  if (settings.json) {
    JsonWriter line;
    line.BeginObject()
        .Key("mountpoint")
        .String(mount.mountpoint)
        .Key("source")
        .String(mount.source);
    if (!mount.scratch.empty()) {
      line.Key("scratch").String(mount.scratch).Key("read_only").String(mount.read_only);
    }
    line.Key("answers").Bool(parsed.ok());
    if (parsed.ok()) {
      line.Key("socket").String(answer->socket);
      line.Key("snapshot").Int(parsed->root().IntOr("snapshot", 0));
      for (absl::string_view part : {"cache", "counters"}) {
        line.Key(part).BeginObject();
        parsed->root()[part].ForEachMember([&line](absl::string_view name, JsonValue value) {
          line.Key(name).Int(value.AsInt().value_or(0));
        });
        line.EndObject();
      }
      for (absl::string_view part : {"names", "estimate"}) {
        CopyPart(part, parsed->root()[part], line);
      }
    }
    out << line.EndObject().Take() << "\n";
  } else if (parsed.ok()) {
    PrintText(mount, parsed->root(), out);
  } else {
    out << absl::StrFormat("%s\n  source    %s\n", mount.mountpoint, mount.source);
    PrintScratch(mount, out);
    out << absl::StrFormat(
        "  no answer from its daemon (%s): it is gone or stuck; `annofs umount "
        "--lazy %s` frees the mountpoint\n",
        parsed.status().message(), mount.mountpoint);
  }
}

}  // namespace

int RunStatus(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const std::vector<MountEntry> mounts = AnnofsMounts();
  if (!arguments.empty()) {
    const std::optional<PlaceInMount> place = FindPlace(mounts, AbsoluteText(arguments[0]));
    if (!place) return Fail(io, absl::StrCat("status: no annofs mount at ", arguments[0]));
    PrintOne(settings, place->mount, io.out);
    return kDone;
  }
  for (const MountEntry& mount : mounts) PrintOne(settings, mount, io.out);
  if (mounts.empty() && !settings.json) io.out << "no annofs mounts\n";
  return kDone;
}

}  // namespace annofs
