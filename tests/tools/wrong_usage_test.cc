// Wrong usage: exit code 2 and one line that says what is wrong, what may be meant, and where help
// is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/algorithm/container.h"
#include "absl/strings/str_join.h"
#include "tools/command.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Wrong {
  std::vector<std::string> call;
  std::vector<std::string> says;  // parts of the one line
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << absl::StrJoin(wrong.call, " "); }

class WrongUsageTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongUsageTest, IsTwoAndOneLine) {
  const Wrong& wrong = GetParam();
  std::ostringstream out, err;
  EXPECT_EQ(RunAnnofs(wrong.call, {out, err}), kWrongUsage);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(absl::c_count(err.str(), '\n'), 1) << err.str();
  EXPECT_EQ(err.str().rfind("annofs: ", 0), 0u) << err.str();
  const size_t help = err.str().find("(see `annofs ");
  EXPECT_NE(help, std::string::npos) << err.str();
  EXPECT_EQ(help, err.str().rfind("(see `annofs ")) << err.str();
  for (const std::string& part : wrong.says) EXPECT_THAT(err.str(), HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(
    Calls, WrongUsageTest,
    ::testing::Values(
        Wrong{{"mout", "a", "b"}, {"no command 'mout'", "did you mean 'mount'?", "annofs help"}},
        Wrong{{"frobnicate"}, {"no command 'frobnicate'", "annofs help"}},
        Wrong{{"help", "moutn"}, {"no command 'moutn'", "did you mean 'mount'?"}},
        Wrong{{"mount", "a"}, {"mount: ", "MOUNTPOINT", "annofs help mount"}},
        Wrong{{"mount", "a", "b", "c"}, {"'c' is one argument too many", "SOURCE MOUNTPOINT"}},
        Wrong{{"version", "x"}, {"'x' is one argument too many", "none"}},
        Wrong{{"mount", "--cahce", "/c", "a", "b"},
              {"no option '--cahce'", "did you mean '--cache'?"}},
        Wrong{{"mount", "--cahce=/c", "a", "b"},
              {"no option '--cahce'", "did you mean '--cache'?"}},
        Wrong{{"ls", "--no-such-option", "x"}, {"no option '--no-such-option'", "annofs help ls"}},
        Wrong{{"ls", "--pin", "x"}, {"no option '--pin'", "it is one of warm"}},
        Wrong{{"ls", "-z", "x"}, {"no option '-z'"}},
        Wrong{{"ls", "--timeout"},
              {"ls: --timeout: its value is missing: SECONDS", "annofs help ls"}},
        Wrong{{"mount", "-o"}, {"-o: its value is missing: NAME[=VALUE],…"}},
        Wrong{{"--cache", "/c", "ls"}, {"'--cache' is no command; options stand behind one"}},
        Wrong{{"ls", "--timeout", "soon", "x"}, {"ls: --timeout: 'soon' is not a number"}},
        Wrong{{"ls", "--offline=perhaps", "x"}, {"ls: --offline: 'perhaps' is none of"}},
        Wrong{{"ls", "--offline", "--offline=no", "x"}, {"--offline", "on and to be off"}},
        Wrong{{"ls", "--addressing", "pth", "x"}, {"--addressing", "did you mean 'path'?"}},
        Wrong{{"mount", "-o", "cache-sise=1G", "a", "b"},
              {"-o cache-sise: no such option", "did you mean 'cache-size'?"}},
        Wrong{{"mount", "-o", "log-level=wrning", "a", "b"}, {"did you mean 'warning'?"}},
        Wrong{{"mount", "--follow", "--at", "2026-05-01", "a", "b"},
              {"exclude each other", "annofs help mount"}},
        Wrong{{"mount", "-o", "rw", "a", "b"}, {"-o rw"}},
        Wrong{{"cache", "ifno"}, {"'ifno' is none of", "did you mean 'info'?", "help cache"}},
        Wrong{{"cache", "evict"}, {"evict needs the size"}},
        Wrong{{"cache", "info", "5G"}, {"info takes no size"}},
        Wrong{{"completion", "bsh"}, {"'bsh' is none of", "did you mean 'bash'?"}},
        Wrong{{"completion"}, {"SHELL", "help completion"}},
        Wrong{{"tree", "--depth", "0", "x"}, {"--depth", "'0' is not a number from 1"}},
        Wrong{{"export", "x"}, {"--view", "--output", "annofs help export"}},
        Wrong{{"export", "x", "--format", "COCOO 1.0", "--output", "o"}, {"\"COCO 1.0\""}},
        Wrong{{"export", "x", "--images", "lnk", "--view", "v", "--output", "o"},
              {"--images", "did you mean 'link'?"}},
        Wrong{{"check", "x", "--fail-on", "warnings"}, {"did you mean 'warning'?"}},
        Wrong{{"umount"}, {"MOUNTPOINT", "annofs help umount"}},
        Wrong{{"status", "--watch=often"}, {"status: --watch: 'often' is not a number"}}));

TEST(WrongUsageHelpTest, NothingAtAllIsWrongUsageWithTheCommands) {
  std::ostringstream out, err;
  EXPECT_EQ(RunAnnofs({}, {out, err}), kWrongUsage);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), AllOf(HasSubstr("Usage: annofs COMMAND"), HasSubstr("\n  mount ")));
}

}  // namespace
}  // namespace annofs
