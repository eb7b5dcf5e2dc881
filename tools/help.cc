#include "tools/help.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/command_line.h"
#include "tools/option_values.h"
#include "tools/options.h"

namespace annofs {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kOptionColumn = 30;  // where the text of an option begins
constexpr size_t kCommandColumn = 14;

struct Group {
  absl::string_view title;
  std::vector<absl::string_view> commands;
};

std::vector<Group> Groups() {
  return {{"Mounts", {"mount", "umount", "status", "profile"}},
          {"The tree without a mount", {"ls", "cat", "tree"}},
          {"Datasets", {"export", "check", "stats", "formats"}},
          {"Index and cache", {"index", "warm", "cache"}},
          {"This machine", {"doctor", "completion", "version", "help"}}};
}

// How many columns UTF-8 takes whose characters take one each.
size_t WidthOf(absl::string_view text) {
  return size_t(absl::c_count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// `text` behind `head`, from a column on, in lines that are not too long.
std::string Entry(absl::string_view head, size_t column, absl::string_view text) {
  std::string all = absl::StrCat("  ", head);
  size_t used = WidthOf(all);
  if (used + 2 > column) {
    all += "\n";
    used = 0;
  }
  all += std::string(column - used, ' ');
  used = column;
  bool is_first = true;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!is_first && used + 1 + WidthOf(word) > kWidth) {
      absl::StrAppend(&all, "\n", std::string(column, ' '));
      used = column;
      is_first = true;
    }
    absl::StrAppend(&all, is_first ? "" : " ", word);
    used += WidthOf(word) + (is_first ? 0 : 1);
    is_first = false;
  }
  return all + "\n";
}

std::string OptionHead(const OptionSpec& option) {
  std::string head = option.letter ? absl::StrCat("-", std::string(1, option.letter), ", ") : "";
  absl::StrAppend(&head, "--", option.name);
  if (!IsSwitch(option) && !IsSwitchWithValue(option)) head += " ";
  return absl::StrCat(head, option.value);
}

std::string OptionText(const OptionSpec& option) {
  return absl::StrCat(
      option.help,
      option.times == OptionSpec::Times::kMany && !absl::StrContains(option.help, "several times")
          ? "; may be given several times"
          : "",
      option.fallback.empty() ? "" : " (default: ", option.fallback,
      option.fallback.empty() ? "" : ")");
}

// Where else the options of a command may stand.
std::string OtherPlaces(const Command& command, const std::vector<const OptionSpec*>& options) {
  const bool reads_file =
      absl::c_any_of(options, [](const OptionSpec* option) { return option->name == "config"; });
  const std::string variable =
      "Each option is also a variable of the environment (ANNOFS_CACHE_SIZE=10G, ANNOFS_OFFLINE=1)";
  if (!reads_file) return absl::StrCat("\n", variable, ";\nthe command line counts first.\n");
  return absl::StrCat(
      "\n", variable,
      ",\nand an entry of the configuration file "
      "({\"options\": {\"cache-size\": \"10G\", \"offline\": true}})",
      command.name == "mount" ? ",\nand a word of -o (cache-size=10G,offline), as in fstab" : "",
      ".\nThe command line counts first, then the environment, then the file: annofs-config(5).\n");
}

}  // namespace

std::string ProgramHelp() {
  std::string text =
      "annofs mounts a B2 or S3 bucket or a directory and shows its CVAT annotations as files.\n\n"
      "Usage: annofs COMMAND [OPTIONS] ARGUMENTS\n";
  for (const Group& group : Groups()) {
    absl::StrAppend(&text, "\n", group.title, ":\n");
    for (const Command& command : Commands()) {
      if (!absl::c_linear_search(group.commands, command.name)) continue;
      absl::StrAppend(&text, Entry(command.name, kCommandColumn, command.summary));
    }
  }
  absl::StrAppend(
      &text,
      "\nSOURCE is b2://BUCKET[/PREFIX], s3://BUCKET[/PREFIX] or a local directory. Keys come "
      "from the\n"
      "environment (B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY; AWS_ACCESS_KEY_ID and\n"
      "AWS_SECRET_ACCESS_KEY), from --credentials FILE, or for s3 from ~/.aws/credentials.\n"
      "`annofs help COMMAND` lists its options; the manual pages are annofs(1), annofs-config(5) "
      "and\nannofs-views(7).\n");
  return text;
}

std::string CommandHelp(const Command& command) {
  const std::vector<const OptionSpec*> options = OptionsOf(command.name);
  std::string text =
      absl::StrCat("Usage: annofs ", command.name, options.empty() ? "" : " [OPTIONS]",
                   command.arguments.empty() ? "" : " ", command.arguments, "\n\n");
  std::string sentence(command.summary);
  if (!sentence.empty()) sentence[0] = absl::ascii_toupper(static_cast<unsigned char>(sentence[0]));
  absl::StrAppend(&text, sentence, ".\n");
  if (options.empty()) return text;
  absl::StrAppend(&text, "\nOptions:\n");
  for (const OptionSpec* option : options) {
    absl::StrAppend(&text, Entry(OptionHead(*option), kOptionColumn, OptionText(*option)));
  }
  if (command.name == "mount") {
    absl::StrAppend(&text, Entry("-o NAME[=VALUE],…", kOptionColumn,
                                 "the same options, separated by commas, and the words of fstab"));
  }
  absl::StrAppend(&text, Entry("-h, --help", kOptionColumn, "print this"));
  return text + OtherPlaces(command, options);
}

}  // namespace annofs
