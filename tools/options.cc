#include "tools/options.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/names.h"
#include "cache/base/point_in_time.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/access.h"
#include "tools/listen_address.h"
#include "tools/option_values.h"

namespace annofs {
namespace {

absl::Status Wrong(absl::string_view value, absl::string_view allowed) {
  return absl::InvalidArgumentError(absl::StrCat("'", value, "' is not ", allowed));
}

absl::Status SetSize(absl::string_view text, uint64_t least, uint64_t& target) {
  absl::StatusOr<uint64_t> size = ParseSize(text);
  if (!size.ok() || *size < least) {
    return Wrong(text,
                 absl::StrCat("a size of at least ", HumanSize(least), ", such as 512M or 10G"));
  }
  target = *size;
  return absl::OkStatus();
}

template <typename Number>
absl::Status SetNumber(absl::string_view text, Number least, Number most, Number& target) {
  Number number;
  bool parsed;
  if constexpr (std::is_floating_point_v<Number>) {
    parsed = absl::SimpleAtod(text, &number);
  } else {
    parsed = absl::SimpleAtoi(text, &number);
  }
  if (!parsed || !(number >= least && number <= most)) {
    return Wrong(text, absl::StrCat("a number from ", least, " to ", most));
  }
  target = number;
  return absl::OkStatus();
}

absl::Status SetText(absl::string_view text, std::string& target) {
  if (text.empty()) return absl::InvalidArgumentError("an empty value");
  target = std::string(text);
  return absl::OkStatus();
}

absl::Status SetSwitch(bool& target) {
  target = true;
  return absl::OkStatus();
}

absl::Status SetId(absl::string_view text, std::optional<uid_t>& target) {
  uint32_t id = 0;
  RETURN_IF_ERROR(SetNumber<uint32_t>(text, 0, 4294967294, id));
  target = id;
  return absl::OkStatus();
}

absl::Status SetUmask(absl::string_view text, Settings& settings) {
  uint32_t mask = 0;
  if (text.empty() || text.size() > 4) return Wrong(text, "an octal number such as 022");
  for (char digit : text) {
    if (digit < '0' || digit > '7') return Wrong(text, "an octal number such as 022");
    mask = mask * 8 + uint32_t(digit - '0');
  }
  settings.umask = mask | 0222;  // nothing is ever writable but what stands over it
  settings.scratch_umask = mask;
  return absl::OkStatus();
}

absl::Status SetTimeout(absl::string_view text, absl::Duration& target) {
  double seconds = 0;
  RETURN_IF_ERROR(SetNumber<double>(text, 1, 86400, seconds));
  target = absl::Seconds(seconds);
  return absl::OkStatus();
}

constexpr absl::Duration kFollowPeriod = absl::Seconds(60);

absl::Status SetFollow(absl::string_view text, absl::Duration& target) {
  double seconds = absl::ToDoubleSeconds(kFollowPeriod);
  if (!text.empty()) RETURN_IF_ERROR(SetNumber<double>(text, 0.1, 1e6, seconds));
  target = absl::Seconds(seconds);
  return absl::OkStatus();
}

absl::Status SetSnapshot(absl::string_view text, std::optional<uint64_t>& target) {
  uint64_t number = 0;
  RETURN_IF_ERROR(SetNumber<uint64_t>(text, 1, INT64_MAX, number));
  target = number;
  return absl::OkStatus();
}

absl::Status SetConnections(absl::string_view text, std::optional<int>& target) {
  int number = 0;
  RETURN_IF_ERROR(SetNumber(text, 1, 1024, number));
  target = number;
  return absl::OkStatus();
}

// "30m" "12h" "7d" "1h30m"; a day has 24 hours.
absl::Status SetAge(absl::string_view text, std::optional<absl::Duration>& target) {
  double days = 0;
  absl::Duration age;
  bool parsed = absl::ParseDuration(text, &age);
  if (absl::EndsWith(text, "d") && absl::SimpleAtod(text.substr(0, text.size() - 1), &days)) {
    age = days * absl::Hours(24);
    parsed = true;
  }
  if (!parsed || age < absl::ZeroDuration() || age == absl::InfiniteDuration()) {
    return Wrong(text, "a time such as 30m, 12h or 7d");
  }
  target = age;
  return absl::OkStatus();
}

absl::Status SetViewsName(absl::string_view text, std::string& target) {
  if (!IsEntryName(text) || text == ".annofs") return Wrong(text, "a directory name");
  return SetText(text, target);
}

absl::Status SetLogLevel(absl::string_view text, std::string& target) {
  RETURN_IF_ERROR(ParseLogLevel(text).status());
  return SetText(text, target);
}

absl::Status SetAddressing(absl::string_view text, std::optional<S3Addressing>& target) {
  ASSIGN_OR_RETURN(target, ParseAddressing(text));
  return absl::OkStatus();
}

absl::Status SetAt(absl::string_view text, std::optional<absl::Time>& target) {
  ASSIGN_OR_RETURN(target, ParsePastTime(text, absl::Now()));
  return absl::OkStatus();
}

absl::Status SetListenAddress(absl::string_view text, std::string& target) {
  RETURN_IF_ERROR(ParseListenAddress(text).status());
  return SetText(text, target);
}

absl::Status SetFailOn(absl::string_view text, std::string& target) {
  if (text != "warning" && text != "error") return Wrong(text, "warning or error");
  return SetText(text, target);
}

absl::Status SetLogFormat(absl::string_view text, std::string& target) {
  if (text != "text" && text != "json") return Wrong(text, "text or json");
  return SetText(text, target);
}

absl::Status SetSeconds(absl::string_view text, absl::Duration& target) {
  double seconds = 0;
  RETURN_IF_ERROR(SetNumber<double>(text, 0.1, 86400, seconds));
  target = absl::Seconds(seconds);
  return absl::OkStatus();
}

absl::Status SetWatch(absl::string_view text, absl::Duration& target) {
  return SetSeconds(text.empty() ? "2" : text, target);
}

absl::Status SetImages(absl::string_view text, std::string& target) {
  if (text != "copy" && text != "link" && text != "none") return Wrong(text, "copy, link or none");
  return SetText(text, target);
}

using Value = absl::string_view;

std::vector<OptionSpec> MakeTable() {
  const std::vector<absl::string_view> all = {"mount", "ls",   "cat",   "tree",  "export",
                                              "index", "warm", "check", "stats", "doctor"};
  const std::vector<absl::string_view> opens = {
      "mount", "ls", "cat", "tree", "export", "index", "warm", "check", "stats", "doctor", "cache"};
  const std::vector<absl::string_view> shows = {"mount",  "ls",   "cat",   "tree",
                                                "export", "warm", "check", "stats"};
  const std::vector<absl::string_view> mount = {"mount"};
  return {
      {"cache", "DIR", "/var/cache/annofs (root), ~/.cache/annofs",
       "directory of the catalog and the block cache", opens,
       [](Settings& s, Value v) { return SetText(v, s.cache); }},
      {"cache-size", "SIZE", "10G", "most that the block cache takes on disk", all,
       [](Settings& s, Value v) { return SetSize(v, 16 << 20, s.cache_size); }},
      {"memory", "SIZE", "256M", "most anonymous memory for data in flight, at least 128M", all,
       [](Settings& s, Value v) { return SetSize(v, 128 << 20, s.memory); }},
      {"credentials", "FILE", "the environment",
       "file with the keys, mode 0600: NAME=VALUE lines, an AWS profile file, or the b2 tool's "
       "account file",
       all, [](Settings& s, Value v) { return SetText(v, s.credentials); }},
      {"endpoint", "URL", "https://api.backblazeb2.com; for s3 that of AWS in the region",
       "where the B2 or S3 API is", all,
       [](Settings& s, Value v) { return SetText(v, s.endpoint); }},
      {"region", "NAME", "what the endpoint's name says, else us-east-1", "region of an S3 service",
       all, [](Settings& s, Value v) { return SetText(v, s.region); }},
      {"addressing", "auto|path|virtual", "auto",
       "where S3 URLs name the bucket: in the path or in the host", all,
       [](Settings& s, Value v) { return SetAddressing(v, s.addressing); }},
      {"allow-http", "", "",
       "let an http endpoint be on another machine: who listens reads the data, and a B2 key", all,
       [](Settings& s, Value) { return SetSwitch(s.allow_http); }},
      {"at", "TIME", "now", "show the bucket as it was then: 2026-05-01, 2026-05-01T12:00:00Z",
       shows, [](Settings& s, Value v) { return SetAt(v, s.at); }},
      {"ca-file", "FILE", "the system's", "certificates to trust, PEM", all,
       [](Settings& s, Value v) { return SetText(v, s.ca_file); }},
      {"annotations", "KEY|GLOB", "searched for",
       "an annotation object to show; may be given several times", all,
       [](Settings& s, Value v) {
         if (v.empty()) return absl::InvalidArgumentError("an empty value");
         s.annotations.emplace_back(v);
         return absl::OkStatus();
       },
       0, OptionSpec::Times::kMany},
      {"config", "FILE", "~/.config/annofs/annofs.json, /etc/annofs.json",
       "options and datasets of this machine, JSON; else the bucket's annofs.json has the datasets",
       opens, [](Settings& s, Value v) { return SetText(v, s.config); }},
      {"no-views",
       "",
       "",
       "show the bucket only; for index: do not read annotations",
       {"mount", "ls", "cat", "tree", "index", "warm"},
       [](Settings& s, Value) { return SetSwitch(s.no_views); }},
      {"views-name", "NAME", "views", "name of the directory of views", all,
       [](Settings& s, Value v) { return SetViewsName(v, s.views_name); }},
      {"offline", "", "", "use what catalog and cache hold; make no request", shows,
       [](Settings& s, Value) { return SetSwitch(s.offline); }},
      {"snapshot", "ID", "the newest index, else a new one",
       "show the names of that snapshot, and list nothing (`annofs status` tells numbers)", shows,
       [](Settings& s, Value v) { return SetSnapshot(v, s.snapshot); }},
      {"index-age", "DURATION", "any",
       "use an index that is not older: 30m, 12h, 7d; 0: list the bucket anew", shows,
       [](Settings& s, Value v) { return SetAge(v, s.index_age); }},
      {"follow", "[=SECONDS]", "frozen; without a value 60",
       "show changes of the bucket: look for them each so many seconds", mount,
       [](Settings& s, Value v) { return SetFollow(v, s.follow); }},
      {"scratch", "DIR", "read-only",
       "let the mount be written to: what is changed stays in DIR, never in the bucket", mount,
       [](Settings& s, Value v) { return SetText(v, s.scratch); }},
      {"connections", "N", "64; for index 16", "requests in flight at once", all,
       [](Settings& s, Value v) { return SetConnections(v, s.connections); }},
      {"request-rate", "N", "no limit", "requests per second at most", all,
       [](Settings& s, Value v) { return SetNumber<double>(v, 0.1, 1e6, s.request_rate); }},
      {"timeout", "SECONDS", "60", "deadline of one operation", all,
       [](Settings& s, Value v) { return SetTimeout(v, s.timeout); }},
      {"allow-other", "", "",
       "let other users in (needs user_allow_other in /etc/fuse.conf unless root)", mount,
       [](Settings& s, Value) { return SetSwitch(s.allow_other); }},
      {"uid", "N", "yours", "owner of every file", mount,
       [](Settings& s, Value v) { return SetId(v, s.uid); }},
      {"gid", "N", "yours", "group of every file", mount,
       [](Settings& s, Value v) { return SetId(v, s.gid); }},
      {"umask", "OCTAL", "222; with --scratch 022",
       "permission bits to take away; write permission is given with --scratch only", mount,
       [](Settings& s, Value v) { return SetUmask(v, s); }},
      {"log-file", "FILE", "annofs.log in the cache directory", "where the log goes", mount,
       [](Settings& s, Value v) { return SetText(v, s.log_file); }},
      {"log-level", "debug|info|warning|error", "info", "what is logged: that and what is worse",
       mount, [](Settings& s, Value v) { return SetLogLevel(v, s.log_level); }},
      {"log-format", "text|json", "text", "how a line of the log is written", mount,
       [](Settings& s, Value v) { return SetLogFormat(v, s.log_format); }},
      {"metrics", "ADDRESS", "",
       "serve Prometheus metrics there: 127.0.0.1:9464, [::1]:9464, :9464", mount,
       [](Settings& s, Value v) { return SetListenAddress(v, s.metrics); }},
      {"daily-cap", "AMOUNT", "none",
       "warn when what the requests of a day (UTC) cost comes near that much, in the currency of "
       "the "
       "price table",
       mount, [](Settings& s, Value v) { return SetNumber<double>(v, 0.0001, 1e9, s.daily_cap); }},
      {"xattr", "", "",
       "show what is known of a file as extended attributes; the kernel then asks for them, too",
       mount, [](Settings& s, Value) { return SetSwitch(s.xattr); }},
      {"foreground", "", "", "stay in front; the log goes to stderr unless --log-file is given",
       mount, [](Settings& s, Value) { return SetSwitch(s.foreground); }, 'f'},
      {"lazy",
       "",
       "",
       "detach at once, also while files are open",
       {"umount"},
       [](Settings& s, Value) { return SetSwitch(s.lazy); }},
      {"json",
       "",
       "",
       "print JSON",
       {"mount", "umount", "status", "ls", "tree", "export", "index", "warm", "check", "stats",
        "cache", "doctor", "profile", "formats", "version"},
       [](Settings& s, Value) { return SetSwitch(s.json); }},
      {"long",
       "",
       "",
       "with sizes, times and inodes",
       {"ls"},
       [](Settings& s, Value) { return SetSwitch(s.long_format); },
       'l'},
      {"view",
       "[DATASET/]VIEW",
       "",
       "the view to write; of a mount: the view that is its root",
       {"mount", "export"},
       [](Settings& s, Value v) { return SetText(v, s.view); }},
      {"format",
       "NAME",
       "",
       "the CVAT export to write, by its display name: \"COCO 1.0\"; instead of --view",
       {"export"},
       [](Settings& s, Value v) { return SetText(v, s.format); }},
      {"dataset",
       "NAME",
       "the only one",
       "the dataset, where the source holds several; check and stats without it: all",
       {"export", "check", "stats"},
       [](Settings& s, Value v) { return SetText(v, s.dataset); }},
      {"output",
       "DIR|FILE.zip",
       "",
       "directory, or zip of stored files, to make",
       {"export"},
       [](Settings& s, Value v) { return SetText(v, s.output); }},
      {"images",
       "copy|link|none",
       "copy",
       "whether images are written too; link: as second names of a local source's files, or as "
       "symbolic links",
       {"export"},
       [](Settings& s, Value v) { return SetImages(v, s.images); }},
      {"force",
       "",
       "",
       "replace an output that exists",
       {"export"},
       [](Settings& s, Value) { return SetSwitch(s.force); }},
      {"export",
       "FILE",
       "",
       "write the newest index to FILE for other nodes; lists the source only if it has no index",
       {"index"},
       [](Settings& s, Value v) { return SetText(v, s.export_file); }},
      {"import",
       "FILE",
       "",
       "take the index from FILE, as --export wrote it, without a request",
       {"index"},
       [](Settings& s, Value v) { return SetText(v, s.import_file); }},
      {"order",
       "FILE",
       "",
       "the paths of FILE, one a line and escaped as in TSV files, in that order; -: standard "
       "input",
       {"warm"},
       [](Settings& s, Value v) { return SetText(v, s.order); }},
      {"pin",
       "",
       "",
       "keep it in the cache until `annofs cache clear`",
       {"warm"},
       [](Settings& s, Value) { return SetSwitch(s.pin); }},
      {"depth",
       "N",
       "no limit",
       "levels of directories to go down",
       {"tree"},
       [](Settings& s, Value v) { return SetNumber<int>(v, 1, 1'000'000, s.depth); }},
      {"fail-on",
       "warning|error",
       "error",
       "least severity of a finding that makes the exit code 1",
       {"check", "doctor"},
       [](Settings& s, Value v) { return SetFailOn(v, s.fail_on); }},
      {"html",
       "FILE",
       "",
       "write the report as one page, too",
       {"stats"},
       [](Settings& s, Value v) { return SetText(v, s.html); }},
      {"watch",
       "[=SECONDS]",
       "once; without a value 2",
       "say it again each so many seconds, with rates, until interrupted",
       {"status"},
       [](Settings& s, Value v) { return SetWatch(v, s.watch); }},
      {"duration",
       "SECONDS",
       "10",
       "how long to look on",
       {"profile"},
       [](Settings& s, Value v) { return SetSeconds(v, s.duration); }},
      {"access-log",
       "",
       "",
       "print a line for each operation instead of a summary",
       {"profile"},
       [](Settings& s, Value) { return SetSwitch(s.access_log); }},
      {"dry-run",
       "",
       "",
       "say the objects, bytes, requests and cost, and fetch nothing",
       {"warm"},
       [](Settings& s, Value) { return SetSwitch(s.dry_run); }},
  };
}

// Words of fstab that are for mount(8), systemd or the kernel: mount(8), "Filesystem-independent
// mount options", and what libmount tells a helper.
constexpr absl::string_view kForOthers[] = {
    "ro",       "defaults",    "auto",          "noauto",   "nofail",     "user",    "nouser",
    "users",    "nousers",     "owner",         "noowner",  "group",      "nogroup", "_netdev",
    "_rnetdev", "exec",        "noexec",        "suid",     "nosuid",     "dev",     "nodev",
    "atime",    "noatime",     "diratime",      "relatime", "norelatime", "sync",    "nodiratime",
    "async",    "strictatime", "nostrictatime", "dirsync",  "lazytime",   "silent",  "nolazytime",
    "loud",     "comment",     "helper",        "uhelper"};

bool IsForOthers(absl::string_view word) {
  return absl::c_linear_search(kForOthers, word.substr(0, word.find('='))) ||
         absl::StartsWith(word, "x-") || absl::StartsWith(word, "X-");
}

absl::Status ApplyWord(absl::string_view word, Settings& settings) {
  if (word == "ro") settings.asks_read_only = true;
  if (word.empty() || IsForOthers(word)) return absl::OkStatus();
  // Whether it can be said depends on --scratch: see CheckTogether().
  if (word == "rw") settings.asks_writable = true;
  if (word == "rw") return absl::OkStatus();
  if (word == "remount") {
    return absl::InvalidArgumentError(
        "-o remount: what a mount shows and how is settled when it is mounted: unmount it (annofs "
        "umount MOUNTPOINT) and mount it with the other options");
  }
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(word, absl::MaxSplits('=', 1));
  std::string name(parts.first);
  std::replace(name.begin(), name.end(), '_', '-');
  const std::string said = absl::StrCat("-o ", parts.first);
  for (const OptionSpec* option : OptionsOf("mount")) {
    if (option->name != name) continue;
    return Annotate(SetOption(*option, parts.second, kCommandLine, settings), said);
  }
  std::vector<absl::string_view> names(std::begin(kForOthers), std::end(kForOthers));
  for (const OptionSpec* option : OptionsOf("mount")) names.push_back(option->name);
  return absl::NotFoundError(absl::StrCat(said, ": no such option", DidYouMean(name, names)));
}

// "--follow (/etc/annofs.json)".
std::string Said(absl::string_view flag, const Settings& settings) {
  const auto given = settings.given.find(absl::StripPrefix(flag, "--"));
  if (given == settings.given.end() || given->second.origin.empty()) return std::string(flag);
  return absl::StrCat(flag, " (", given->second.origin, ")");
}

}  // namespace

const std::vector<OptionSpec>& OptionTable() {
  static const auto& table = *new std::vector<OptionSpec>(MakeTable());
  return table;
}

absl::Status CheckTogether(const Settings& settings) {
  struct Pair {
    bool both;
    absl::string_view first, second, why;
  };
  const bool follow = settings.follow > absl::ZeroDuration();
  const Pair pairs[] = {
      {follow && settings.at, "--follow", "--at", "what was does not change"},
      {follow && settings.snapshot, "--follow", "--snapshot", "a snapshot does not change"},
      {follow && settings.offline, "--follow", "--offline",
       "changes are seen through the network only"},
      {follow && !settings.scratch.empty(), "--follow", "--scratch",
       "a file that changes in the bucket below an overlay could not be opened any more"},
      {follow && !settings.view.empty(), "--follow", "--view",
       "the root of a mount cannot be replaced when its annotations change"},
      {settings.no_views && !settings.view.empty(), "--no-views", "--view",
       "one leaves out what the other shows"},
      {settings.asks_read_only && !settings.scratch.empty(), "-o ro", "--scratch",
       "one asks for a mount that nothing can be written to"},
      {settings.snapshot && settings.at, "--snapshot", "--at",
       "each says of what time the names are"},
      {settings.index_age && settings.at, "--index-age", "--at", "a past time uses no index"},
      {settings.index_age && settings.snapshot, "--index-age", "--snapshot",
       "a snapshot is used at any age"},
      {settings.index_age && settings.offline, "--index-age", "--offline",
       "without the network an index is used at any age"},
      {!settings.export_file.empty() && !settings.import_file.empty(), "--export", "--import",
       "one writes a file, the other takes one in"},
  };
  if (settings.asks_writable && settings.scratch.empty()) {
    return absl::InvalidArgumentError(
        "-o rw: annofs mounts read-only; say ro (mount(8) says rw where fstab does not say ro), or "
        "say with scratch=DIR where changes are kept");
  }
  for (const Pair& pair : pairs) {
    if (!pair.both) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(Said(pair.first, settings), " and ", Said(pair.second, settings),
                     " exclude each other: ", pair.why, "; leave one of them out"));
  }
  return absl::OkStatus();
}

std::vector<const OptionSpec*> OptionsOf(absl::string_view command) {
  std::vector<const OptionSpec*> options;
  for (const OptionSpec& option : OptionTable()) {
    if (absl::c_linear_search(option.commands, command)) options.push_back(&option);
  }
  return options;
}

absl::Status ApplyMountOptions(absl::string_view text, Settings& settings) {
  for (absl::string_view word : absl::StrSplit(text, ',')) {
    RETURN_IF_ERROR(ApplyWord(word, settings));
  }
  return absl::OkStatus();
}

}  // namespace annofs
