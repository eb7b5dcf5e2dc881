// annofs-emulator(1) against the command line that it describes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "tests/testing/files.h"
#include "tools/emulator/command_line.h"

namespace annofs::testing {
namespace {

// Every word "--like-this" of a text.
std::set<std::string> LongOptions(absl::string_view text) {
  std::set<std::string> options;
  for (size_t at = text.find("--"); at != text.npos; at = text.find("--", at + 2)) {
    size_t end = at + 2;
    while (end < text.size() && (absl::ascii_islower(text[end]) || text[end] == '-')) ++end;
    if (end > at + 2) options.emplace(text.substr(at, end - at));
  }
  return options;
}

std::set<std::string> OptionsOfHelp() {
  const char* const arguments[] = {"annofs-emulator", "--help"};
  std::ostringstream out, err;
  emulator::ParseCommandLine(2, arguments, out, err);
  return LongOptions(out.str());
}

// Those of the section OPTIONS, each the head of a paragraph.
std::set<std::string> OptionsOfManual() {
  const std::string manual =
      absl::StrReplaceAll(*ReadFile(SourcePath("man/annofs-emulator.1")), {{"\\-", "-"}});
  absl::string_view section = manual;
  section = section.substr(section.find("\n.SH OPTIONS"));
  section = section.substr(0, section.find("\n.SH ", 1));
  std::set<std::string> options;
  for (size_t at = section.find("\n.TP\n"); at != section.npos;
       at = section.find("\n.TP\n", at + 1)) {
    const absl::string_view head = section.substr(at + 5, section.find('\n', at + 5) - at - 5);
    options.merge(LongOptions(head));
  }
  return options;
}

TEST(EmulatorManualTest, EveryOptionIsInTheManualAndEveryOneOfTheManualIsAnOption) {
  EXPECT_THAT(OptionsOfHelp(), ::testing::SizeIs(::testing::Ge(20)));
  EXPECT_EQ(OptionsOfHelp(), OptionsOfManual());
}

}  // namespace
}  // namespace annofs::testing
