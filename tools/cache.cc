// `annofs cache`: what the block cache of a host holds, whether it is sound, and making room.
#include <sys/statvfs.h>

#include <filesystem>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/block_maintenance.h"
#include "cache/cache_dir.h"
#include "cache/files.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/people.h"
#include "tools/progress_line.h"
#include "tools/stack.h"

namespace annofs {
namespace {

struct Place {
  std::string path;
  std::string format;
};

// A cache directory that this program may work on.
absl::StatusOr<Place> OpenPlace(const Settings& settings) {
  Place place{.path = CacheDirOf(settings)};
  std::optional<std::string> text = ReadSmallFile(JoinPath(place.path, "VERSION"));
  if (!text) {
    return absl::NotFoundError(
        absl::StrCat("there is no cache at ", place.path, " (--cache DIR names another)"));
  }
  place.format = std::string(absl::StripSuffix(*text, "\n"));
  if (place.format == absl::StrCat(kCacheFormat)) return place;
  return absl::InvalidArgumentError(absl::StrCat(
      "the cache directory ", place.path, " has format ", TsvEscape(place.format),
      ", and this program knows format ", kCacheFormat, ": use the program that made it"));
}

uint64_t BytesBelow(const std::string& path) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
    std::error_code ignored;
    if (entry.is_regular_file(ignored)) bytes += entry.file_size(ignored);
  }
  return bytes;
}

uint64_t FreeBytes(const std::string& path) {
  struct statvfs info {};
  if (statvfs(path.c_str(), &info) != 0) return 0;
  return uint64_t{info.f_bavail} * info.f_frsize;
}

void WriteUse(absl::string_view name, const BlockUse& use, JsonWriter& json) {
  json.Key(name).BeginObject().Key("files").Int(int64_t(use.files));
  json.Key("blocks").Int(int64_t(use.blocks)).Key("bytes").Int(int64_t(use.bytes)).EndObject();
}

std::string UseText(const BlockUse& use) {
  return absl::StrCat(HumanSize(use.bytes), ", ", Grouped(use.blocks), " blocks in ",
                      Grouped(use.files), " files");
}

absl::StatusOr<int> Info(const Settings& settings, const Place& place, const Io& io) {
  ASSIGN_OR_RETURN(const BlockDirectoryInfo info, InspectBlocks(place.path));
  const uint64_t catalog = BytesBelow(JoinPath(place.path, "catalog"));
  const uint64_t free = FreeBytes(place.path);
  if (settings.json) {
    JsonWriter json;
    json.BeginObject().Key("path").String(place.path).Key("format").Int(kCacheFormat);
    WriteUse("evictable", info.evictable, json);
    WriteUse("pinned", info.pinned, json);
    json.Key("catalog_bytes").Int(int64_t(catalog)).Key("free_bytes").Int(int64_t(free));
    io.out << json.EndObject().Take() << "\n";
    return kDone;
  }
  io.out << place.path << "\n  format   " << place.format << "\n  blocks   "
         << UseText(info.evictable) << "\n  pinned   " << UseText(info.pinned) << "\n  catalog  "
         << HumanSize(catalog) << "\n  free     " << HumanSize(free) << " on its disk\n";
  return kDone;
}

void PrintVerdict(const Settings& settings, const BlockVerdict& verdict, const Io& io) {
  if (settings.json) {
    JsonWriter json;
    json.BeginObject().Key("blocks").Int(int64_t(verdict.blocks));
    json.Key("bytes").Int(int64_t(verdict.bytes)).Key("damaged").Int(int64_t(verdict.damaged));
    json.Key("broken").BeginArray();
    for (const std::string& file : verdict.broken) json.String(file);
    io.out << json.EndArray().EndObject().Take() << "\n";
    return;
  }
  for (const std::string& file : verdict.broken) io.err << file << "\n";
  io.out << Grouped(verdict.blocks) << " blocks, " << HumanSize(verdict.bytes) << " are sound; "
         << Grouped(verdict.damaged) << " blocks are damaged, " << verdict.broken.size()
         << " files cannot be read\n";
}

absl::StatusOr<int> Verify(const Settings& settings, const Place& place, const Io& io) {
  Interrupt interrupt;
  ProgressLine line(io.err, OutputOf(io.err));
  auto show = [&](uint64_t done, uint64_t all) {
    line.Show(absl::StrCat("checking: ", HumanSize(done), " of ", HumanSize(all)));
  };
  ASSIGN_OR_RETURN(const BlockVerdict verdict,
                   VerifyBlocks(place.path, show, {.cancellation = &interrupt.cancellation()}));
  line.Clear();
  PrintVerdict(settings, verdict, io);
  const bool is_sound = verdict.damaged == 0 && verdict.broken.empty();
  if (!is_sound) {
    io.err << "what is damaged is never served: it is fetched again; `annofs cache clear` removes "
              "all blocks\n";
  }
  return is_sound ? kDone : kFailed;
}

int SayFreed(const Settings& settings, uint64_t bytes, const Io& io) {
  if (settings.json) {
    io.out << JsonWriter().BeginObject().Key("freed_bytes").Int(int64_t(bytes)).EndObject().Take()
           << "\n";
  } else {
    io.out << "freed " << HumanSize(bytes) << "\n";
  }
  return kDone;
}

int WrongUsage(const Io& io, absl::string_view what) {
  io.err << "annofs: cache: " << what << " (see `annofs help cache`)\n";
  return kWrongUsage;
}

absl::StatusOr<int> Run(const Settings& settings, const std::string& action, uint64_t size,
                        const Io& io) {
  ASSIGN_OR_RETURN(const Place place, OpenPlace(settings));
  if (action == "info") return Info(settings, place, io);
  if (action == "verify") return Verify(settings, place, io);
  Interrupt interrupt;
  CallContext context = CommandContext(settings);
  context.cancellation = &interrupt.cancellation();
  ASSIGN_OR_RETURN(const uint64_t freed, action == "clear"
                                             ? ClearBlocks(place.path, context)
                                             : EvictBlocks(place.path, size, context));
  return SayFreed(settings, freed, io);
}

}  // namespace

int RunCache(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const std::string& action = arguments[0];
  const bool evicts = action == "evict";
  if (!evicts && action != "info" && action != "verify" && action != "clear") {
    return WrongUsage(io, absl::StrCat("'", action, "' is none of info, verify, evict, clear",
                                       DidYouMean(action, {"info", "verify", "evict", "clear"})));
  }
  if (evicts && arguments.size() != 2) {
    return WrongUsage(io, "evict needs the size that may stay, such as 5G");
  }
  if (!evicts && arguments.size() > 1) {
    return WrongUsage(io, absl::StrCat(action, " takes no size"));
  }
  const absl::StatusOr<uint64_t> size = evicts ? ParseSize(arguments[1]) : 0;
  if (!size.ok()) return WrongUsage(io, size.status().message());
  const absl::StatusOr<int> code = Run(settings, action, *size, io);
  return code.ok() ? *code : Fail(io, absl::StrCat("cache: ", code.status().message()));
}

}  // namespace annofs
