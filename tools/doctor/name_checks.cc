#include "tools/doctor/name_checks.h"

#include "absl/algorithm/container.h"
#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"

namespace annofs::doctor {
namespace {

constexpr size_t kMostKept = 5;

struct Words {
  absl::string_view id;
  Severity severity;
  absl::string_view what;  // "12 names have WHAT: 'a b.jpg'"
  absl::string_view why;
};
constexpr Words kWords[kNameTroubles] = {
    {"name-with-space", Severity::kInfo, "spaces", "lists of files and shell scripts go wrong"},
    {"name-with-dot", Severity::kInfo, "dots before the extension",
     "tools that take what is before the first dot find no label (torchvision's Kitti)"},
    {"name-with-bracket", Severity::kInfo, "brackets or wildcards",
     "tools that search by patterns (glob) find other files or none"},
    {"name-with-percent", Severity::kInfo, "a %", "tools that decode URLs look for another name"},
    {"name-with-shell-character", Severity::kInfo, "characters with a meaning to shells",
     "Darknet and scripts run what stands there"},
    {"name-not-ascii", Severity::kInfo, "characters that are not ASCII",
     "tools with another idea of encodings find no file"},
    {"name-with-leading-dash", Severity::kInfo, "a leading -", "commands see options"},
    {"name-with-upper-case-extension", Severity::kInfo, "an extension in upper case",
     "tools that look for .jpg see no image"},
    {"name-with-images-twice", Severity::kWarning, "a directory images more than once",
     "YOLO tools, which replace /images/ by /labels/ in the path, look for labels elsewhere"},
};

bool HasAny(absl::string_view text, absl::string_view characters) {
  return text.find_first_of(characters) != absl::string_view::npos;
}

bool IsUpper(absl::string_view extension) {
  return absl::c_any_of(extension,
                        [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); });
}

bool HasLeadingDash(absl::string_view name) {
  return absl::StartsWith(name, "-") || absl::StrContains(name, "/-");
}

int CountImages(absl::string_view name) {
  return int(absl::c_count(absl::StrSplit(DirName(name), '/'), "images"));
}

constexpr absl::string_view kRemedy =
    "the trees for trainers (yolo/, coco/, …) have safe names; this is of by-frame/, cvat/ and "
    "the bucket itself";

}  // namespace

uint32_t TroublesOf(absl::string_view name) {
  uint32_t found = 0;
  const auto add = [&found](NameTrouble trouble, bool is_there) {
    if (is_there) found |= uint32_t{1} << int(trouble);
  };
  add(NameTrouble::kSpace, HasAny(name, " \t"));
  add(NameTrouble::kDotInStem, absl::StrContains(WithoutExtension(BaseName(name)), "."));
  add(NameTrouble::kBracket, HasAny(name, "[](){}*?"));
  add(NameTrouble::kPercent, HasAny(name, "%"));
  add(NameTrouble::kShell, HasAny(name, "$`;&|<>\"'\\!#\n"));
  add(NameTrouble::kNotAscii,
      absl::c_any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
  add(NameTrouble::kLeadingDash, HasLeadingDash(name));
  add(NameTrouble::kUpperExtension, IsUpper(Extension(name)));
  add(NameTrouble::kImagesTwice, CountImages(name) > 1);
  return found;
}

void NameChecks::Count(absl::string_view name, Kind& kind) {
  ++kind.count;
  if (kind.some.size() < kMostKept) kind.some.emplace_back(name);
}

void NameChecks::Add(uint64_t dataset, absl::string_view name) {
  ++looked_at_;
  const uint32_t found = TroublesOf(name);
  for (size_t i = 0; i < kNameTroubles; ++i) {
    if ((found >> i) & 1) Count(name, troubles_[i]);
  }
  const size_t hash = absl::HashOf(name);
  const auto [before, is_new] =
      by_lower_case_.try_emplace(absl::HashOf(dataset, absl::AsciiStrToLower(name)), hash);
  if (!is_new && before->second != hash) Count(name, same_but_case_);
}

AreaReport NameChecks::Take(uint64_t of) {
  AreaReport report{.area = "names", .samples = {{looked_at_, of, "names of frames"}}};
  for (size_t i = 0; i < kNameTroubles; ++i) {
    const Kind& seen = troubles_[i];
    if (seen.count == 0) continue;
    report.Add(kWords[i].severity, kWords[i].id,
               absl::StrCat(Counted(seen.count, "name"), seen.count == 1 ? " has " : " have ",
                            kWords[i].what, ", with which ", kWords[i].why, ": ",
                            SomeOf(seen.some, seen.count)),
               std::string(kRemedy));
  }
  if (same_but_case_.count > 0) {
    report.Add(
        Severity::kWarning, "names-differ-by-case",
        absl::StrCat(Counted(same_but_case_.count, "name"), " differ from another only by case: ",
                     SomeOf(same_but_case_.some, same_but_case_.count)),
        "a copy on a file system that ignores case (macOS, Windows) loses one of each: "
        "rename them");
  }
  if (report.findings.empty()) report.Fine("names are plain");
  return report;
}

}  // namespace annofs::doctor
