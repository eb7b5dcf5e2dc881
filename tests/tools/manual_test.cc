// The tables of commands and options against all that tells of them: help, the manual page, the
// completions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/testing/files.h"
#include "tools/command.h"
#include "tools/option_values.h"
#include "tools/options.h"

namespace annofs {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

using Entries = std::set<std::string>;  // "--cache-size SIZE: 10G"

std::string Output(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  EXPECT_EQ(RunAnnofs(arguments, {out, err}), kDone) << err.str();
  return out.str();
}

// One entry of a list of options: how it is written, and its default.
std::string EntryOf(absl::string_view head, absl::string_view fallback) {
  return fallback.empty() ? std::string(head) : absl::StrCat(head, ": ", fallback);
}

// Text in one line, with single spaces.
std::string InOneLine(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty()), " ");
}

// What `annofs help COMMAND` lists.
Entries OfHelp(const std::string& command) {
  const std::string help = Output({"help", command});
  const size_t begin = help.find("\nOptions:\n");
  if (begin == help.npos) return {};
  Entries entries;
  std::string body = help.substr(begin + 10);
  body = body.substr(0, body.find("\n\n") + 1);
  for (absl::string_view part : absl::StrSplit(body, "\n  -", absl::SkipEmpty())) {
    absl::ConsumePrefix(&part, "  -");
    const size_t head_end = std::min(part.find("  "), part.find('\n'));
    const std::string head = absl::StrCat("-", part.substr(0, head_end));
    std::string text = InOneLine(part.substr(head_end));
    const size_t fallback = text.rfind(" (default: ");
    text = fallback == text.npos ? "" : text.substr(fallback + 11);
    absl::string_view value = text;
    absl::ConsumeSuffix(&value, ")");
    entries.insert(EntryOf(head, value));
  }
  return entries;
}

// A line of roff as its text: fonts and macros are left out.
std::string Plain(absl::string_view line) {
  std::string text;
  if (absl::ConsumePrefix(&line, ".")) {
    const bool is_joined = line.size() > 2 && line[2] == ' ' && line.substr(0, 2) != "SS";
    line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
    // The words of a macro with two fonts stand without spaces between them.
    bool is_quoted = false;
    for (const char c : line) {
      if (c == '"') {
        is_quoted = !is_quoted;
      } else if (c != ' ' || is_quoted || !is_joined) {
        text += c;
      }
    }
  } else {
    text = std::string(line);
  }
  return absl::StrReplaceAll(
      text, {{"\\-", "-"}, {"\\fR", ""}, {"\\fI", ""}, {"\\fB", ""}, {"\\[u2026]", "…"}});
}

// Command -> what the manual page lists for it. "every command" is one of them.
std::map<std::string, Entries> OfManual() {
  const std::string page = *testing::ReadFile(::annofs::testing::SourcePath("man/annofs.1"));
  std::string options = page.substr(page.find(".SH OPTIONS\n"));
  options = options.substr(0, options.find("\n.SH ", 1));
  std::map<std::string, Entries> all;
  const std::vector<std::string> sections = absl::StrSplit(options, "\n.SS ");
  for (size_t i = 1; i < sections.size(); ++i) {
    const std::vector<std::string> parts = absl::StrSplit(sections[i], "\n.TP\n");
    for (size_t j = 1; j < parts.size(); ++j) {
      const std::vector<std::string> lines = absl::StrSplit(parts[j], '\n', absl::SkipEmpty());
      std::string fallback = Plain(lines.back());
      absl::string_view value = fallback;
      if (!absl::ConsumePrefix(&value, "Default: ")) value = "";
      absl::ConsumeSuffix(&value, ".");
      for (const absl::string_view command : absl::StrSplit(parts[0], ", ")) {
        const bool is_new =
            all[std::string(command)].insert(EntryOf(Plain(lines[0]), value)).second;
        EXPECT_TRUE(is_new) << "twice in the manual: " << lines[0];
      }
    }
  }
  return all;
}

TEST(ManualTest, ThePageListsTheOptionsOfEachCommandAsHelpDoes) {
  std::map<std::string, Entries> manual = OfManual();
  const Entries everywhere = manual["every command"];
  EXPECT_THAT(everywhere, Contains("-h, --help"));
  manual.erase("every command");
  for (const Command& command : Commands()) {
    const std::string name(command.name);
    Entries page = manual[name], help = OfHelp(name);
    manual.erase(name);
    for (const std::string& entry : everywhere) help.erase(entry);
    EXPECT_THAT(page, UnorderedElementsAreArray(help))
        << "man/annofs.1 (OPTIONS) and `annofs help " << name << "` differ";
    EXPECT_EQ(help.size(), OptionsOf(name).size() + (name == "mount" ? 1 : 0)) << name;
  }
  for (const auto& [name, entries] : manual) ADD_FAILURE() << "no command: " << name;
}

TEST(ManualTest, ThePageHasEachCommandInItsSynopsisAndWithItsText) {
  const std::string page = absl::StrReplaceAll(
      *testing::ReadFile(::annofs::testing::SourcePath("man/annofs.1")), {{"\\-", "-"}});
  const std::string synopsis = page.substr(
      page.find(".SH SYNOPSIS"), page.find(".SH DESCRIPTION") - page.find(".SH SYNOPSIS"));
  const std::string commands =
      page.substr(page.find(".SH COMMANDS"), page.find(".SH OPTIONS") - page.find(".SH COMMANDS"));
  for (const Command& command : Commands()) {
    EXPECT_THAT(synopsis, HasSubstr(command.name)) << command.name;
    EXPECT_THAT(commands, HasSubstr(absl::StrCat("\n.TP\n.B ", command.name, "\n")));
  }
}

TEST(ManualTest, HelpListsEveryCommandInOneGroup) {
  const std::string help = Output({"help"});
  for (const Command& command : Commands()) {
    const std::string line = absl::StrCat("\n  ", command.name, " ");
    ASSERT_THAT(help, HasSubstr(line));
    EXPECT_EQ(help.find(line), help.rfind(line)) << command.name;
    EXPECT_THAT(help, HasSubstr(command.summary.substr(0, 30)));
  }
  EXPECT_EQ(Output({"--help"}), help);
}

TEST(ManualTest, HelpOfACommandSaysHowItIsCalled) {
  for (const Command& command : Commands()) {
    const std::string help = Output({"help", std::string(command.name)});
    EXPECT_THAT(help, HasSubstr(absl::StrCat("Usage: annofs ", command.name)));
    EXPECT_THAT(help, HasSubstr(command.arguments));
    for (const absl::string_view line : absl::StrSplit(help, '\n')) {
      EXPECT_LE(line.size(), 105u) << line;
    }
    if (command.name == "help") continue;
    EXPECT_EQ(Output({std::string(command.name), "--help"}), help);
  }
}

TEST(ManualTest, HelpOfMountNamesTheOtherPlacesOfItsOptions) {
  const std::string help = Output({"help", "mount"});
  for (const absl::string_view place : {"ANNOFS_CACHE_SIZE=10G", "\"options\"", "-o", "fstab"}) {
    EXPECT_THAT(help, HasSubstr(place));
  }
}

TEST(ManualTest, CompletionsHaveEveryCommandAndOption) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string script = Output({"completion", shell});
    for (const Command& command : Commands()) EXPECT_THAT(script, HasSubstr(command.name));
    for (const OptionSpec& option : OptionTable()) {
      EXPECT_THAT(script, HasSubstr(absl::StrCat(shell == "fish" ? "-l " : "--", option.name)))
          << shell;
    }
  }
}

// The text of a page's file, as words.
std::string Words(absl::string_view page) {
  return absl::StrReplaceAll(*testing::ReadFile(::annofs::testing::SourcePath(page)),
                             {{"\\-", "-"}});
}

TEST(ManualTest, EveryPageNamesThoseThatThereAre) {
  EXPECT_THAT(Words("man/annofs.1"), HasSubstr(".BR annofs-config (5)"));
  EXPECT_THAT(Words("man/annofs-views.7"), HasSubstr(".BR annofs-config (5)"));
  EXPECT_EQ(Words("man/annofs.json.5"), ".so man5/annofs-config.5\n");
  EXPECT_THAT(Words("man/annofs-config.5"), HasSubstr(".TH ANNOFS-CONFIG 5"));
}

}  // namespace
}  // namespace annofs
