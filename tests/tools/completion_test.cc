// The completions in the shells that they are for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/testing/files.h"
#include "tests/testing/process.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"
#include "tools/completion_model.h"
#include "tools/options.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Lines = std::vector<std::string>;

// Two mounts of annofs, one with a space and one with --scratch, beside others.
constexpr char kMounts[] =
    "36 35 98:0 / / rw - ext4 /dev/root rw\n"
    "42 27 0:39 / /mnt/a\\040b ro,nosuid shared:1 - fuse.annofs b2://x ro,user_id=0\n"
    "43 27 0:40 / /mnt/c rw - overlay annofs:b2://x rw,upperdir=/u\n"
    "44 27 0:41 / /mnt/d rw - overlay overlay rw\n";

class CompletionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
      std::ostringstream out, err;
      ASSERT_EQ(RunAnnofs({"completion", shell}, {out, err}), kDone) << err.str();
      ASSERT_TRUE(testing::WriteFile(dir_ / shell, out.str()).ok());
    }
    ASSERT_TRUE(testing::WriteFile(dir_ / "mounts", kMounts).ok());
    ASSERT_TRUE(testing::WriteFile(dir_ / "here/data.json", "").ok());
    ASSERT_TRUE(testing::WriteFile(dir_ / "here/dir one/x", "").ok());
  }
  // Runs a shell in here/; "" where it does not exist.
  bool Exists(const std::string& shell) {
    return testing::RunProcess({.argv = {shell, "-c", "true"}}).ok();
  }
  Lines Run(const std::vector<std::string>& argv, const std::string& input = "") {
    const auto result =
        testing::RunProcess({.argv = argv, .directory = dir_ / "here", .input = input});
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) return {};
    EXPECT_EQ(result->exit_code, 0) << result->err;
    EXPECT_EQ(result->err, "");
    return absl::StrSplit(result->out, '\n', absl::SkipEmpty());
  }
  // What bash offers for the last word; the words as readline parts them.
  Lines Bash(const std::vector<std::string>& words) {
    const std::string script =
        absl::StrCat("source ", dir_ / "bash", "\n_annofs_mountinfo() { cat ", dir_ / "mounts",
                     "; }\n", "COMP_WORDS=(",
                     absl::StrJoin(words, " ",
                                   [](std::string* to, const std::string& word) {
                                     absl::StrAppend(to, ShellQuoted(word));
                                   }),
                     ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_annofs\n",
                     "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"\n");
    return Run({"bash", "--norc", "-c", script});
  }
  // What fish offers at the end of the line.
  Lines Fish(const std::string& line) {
    const std::string script =
        absl::StrCat("source ", dir_ / "fish", "\nfunction __annofs_mountinfo; cat ",
                     dir_ / "mounts", "; end\n", "complete -C ", FishQuoted(line));
    Lines offered;
    for (const std::string& one : Run({"fish", "--no-config", "-c", script})) {
      offered.push_back(one.substr(0, one.find('\t')));
    }
    return offered;
  }
  // What zsh makes of each line when the tabulator is pressed: a text with "shown<LINE>" each. One
  // shell for all, at a terminal of its own; its completions take a while to start.
  std::string Zsh(const std::string& setup, const std::vector<std::string>& lines) {
    std::string script = absl::StrCat(
        "zmodload zsh/zpty\nzpty -b shell zsh -f -i\n",
        // Reads until a mark has come.
        "await() { local all part; repeat 2000; do zpty -r -t shell part && all+=$part; "
        "[[ $all == *$1* ]] && break; sleep 0.01; done; print -r -- \"$all\" }\n",
        "zpty -w shell 'PS1=; setopt no_beep; autoload -U compinit; ", setup, "; cd ",
        dir_ / "here",
        "; show() { zle -M -- \"shown<$BUFFER>shown\"; zle -R; BUFFER= }; "
        "zle -N show; bindkey \"^X\" show; print rea\"\"dy'\nawait ready >/dev/null\n");
    for (const std::string& line : lines) {
      absl::StrAppend(&script, "zpty -n -w shell ", ShellQuoted(line),
                      "$'\\t\\x18'\nawait '>shown'\n");
    }
    return absl::StrJoin(Run({"zsh", "-f", "-c", script + "zpty -d shell\n"}), "\n");
  }
  testing::TempDir dir_;
};

TEST_F(CompletionTest, BashTakesTheScript) {
  EXPECT_THAT(Run({"bash", "-n", dir_ / "bash"}), IsEmpty());
}

TEST_F(CompletionTest, BashOffersCommands) {
  EXPECT_THAT(Bash({"annofs", "mo"}), ElementsAre("mount"));
  Lines all = {"--help", "--version"};
  for (const Command& command : Commands()) all.emplace_back(command.name);
  EXPECT_THAT(Bash({"annofs", ""}), ::testing::UnorderedElementsAreArray(all));
}

TEST_F(CompletionTest, BashOffersTheOptionsOfEachCommand) {
  for (const Command& command : Commands()) {
    Lines all = {"--help", "-h"};
    for (const OptionSpec* option : OptionsOf(command.name)) {
      all.push_back(absl::StrCat("--", option->name));
      if (option->letter != 0) all.push_back(absl::StrCat("-", std::string(1, option->letter)));
    }
    if (command.name == "mount") all.push_back("-o");
    EXPECT_THAT(Bash({"annofs", std::string(command.name), "-"}),
                ::testing::UnorderedElementsAreArray(all))
        << command.name;
  }
  EXPECT_THAT(Bash({"annofs", "mount", "--cache"}), ElementsAre("--cache", "--cache-size"));
}

TEST_F(CompletionTest, BashOffersTheValuesOfAnOption) {
  EXPECT_THAT(Bash({"annofs", "mount", "--addressing", ""}),
              ElementsAre("auto", "path", "virtual"));
  EXPECT_THAT(Bash({"annofs", "mount", "--log-level", "w"}), ElementsAre("warning"));
  EXPECT_THAT(Bash({"annofs", "mount", "--addressing", "=", "v"}), ElementsAre("virtual"));
  EXPECT_THAT(Bash({"annofs", "mount", "--cache", ""}), ElementsAre("dir one"));
  EXPECT_THAT(Bash({"annofs", "mount", "--ca-file", ""}),
              UnorderedElementsAre("data.json", "dir one"));
  EXPECT_THAT(Bash({"annofs", "export", "--format", "COCO 1"}), ElementsAre("COCO 1.0"));
  EXPECT_THAT(Bash({"annofs", "export", "--view", "yolo-"}),
              IsSupersetOf({"yolo-seg", "yolo-pose"}));
  EXPECT_THAT(Bash({"annofs", "mount", "--timeout", ""}), IsEmpty());
}

TEST_F(CompletionTest, BashOffersTheArgumentsOfACommand) {
  EXPECT_THAT(Bash({"annofs", "cache", ""}), ElementsAre("info", "verify", "evict", "clear"));
  EXPECT_THAT(Bash({"annofs", "cache", "--cache", "/c", "v"}), ElementsAre("verify"));
  EXPECT_THAT(Bash({"annofs", "completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(Bash({"annofs", "help", "sta"}), ElementsAre("status", "stats"));
  EXPECT_THAT(Bash({"annofs", "ls", ""}),
              UnorderedElementsAre("b2://", "s3://", "data.json", "dir one"));
  EXPECT_THAT(Bash({"annofs", "mount", "--offline", "b2", ":", "//x", ""}), ElementsAre("dir one"));
  EXPECT_THAT(Bash({"annofs", "ls", "b2", ":"}), ElementsAre("//"));
  EXPECT_THAT(Bash({"annofs", "ls", "x", ""}), IsEmpty());
}

TEST_F(CompletionTest, BashOffersMountpoints) {
  for (const std::string command : {"umount", "status", "profile"}) {
    EXPECT_THAT(Bash({"annofs", command, ""}), ElementsAre("/mnt/a b", "/mnt/c")) << command;
  }
  EXPECT_THAT(Bash({"annofs", "warm", "/mnt/"}), IsSupersetOf({"/mnt/a b", "/mnt/c"}));
}

TEST_F(CompletionTest, Fish) {
  if (!Exists("fish")) GTEST_SKIP() << "fish is not installed";
  EXPECT_THAT(Run({"fish", "--no-execute", dir_ / "fish"}), IsEmpty());
  EXPECT_THAT(Fish("annofs mo"), ElementsAre("mount"));
  EXPECT_THAT(Fish("annofs mount --cache"), UnorderedElementsAre("--cache", "--cache-size"));
  EXPECT_THAT(Fish("annofs ls --pi"), IsEmpty());
  EXPECT_THAT(Fish("annofs mount --addressing v"), ElementsAre("virtual"));
  EXPECT_THAT(Fish("annofs export --format COCO\\ 1"), ElementsAre("COCO 1.0"));
  EXPECT_THAT(Fish("annofs cache v"), ElementsAre("verify"));
  EXPECT_THAT(Fish("annofs umount /mnt/"), IsSupersetOf({"/mnt/a b", "/mnt/c"}));
  EXPECT_THAT(Fish("annofs umount /mnt/"), Not(Contains("/mnt/d")));
  EXPECT_THAT(Fish("annofs ls b2"), Contains("b2://"));
  EXPECT_THAT(Fish("annofs mount --ca-file da"), ElementsAre("data.json"));
}

TEST_F(CompletionTest, Zsh) {
  if (!Exists("zsh")) GTEST_SKIP() << "zsh is not installed";
  EXPECT_THAT(Run({"zsh", "-n", dir_ / "zsh"}), IsEmpty());
  const std::string setup = absl::StrCat("compinit -D -u; source ", dir_ / "zsh",
                                         "; _annofs_mountinfo() { cat ", dir_ / "mounts", " }");
  const std::string shown =
      Zsh(setup, {"annofs mou", "annofs mount --addr", "annofs mount --addressing v",
                  "annofs export --format COCO\\ 1", "annofs cache ver", "annofs umount /mnt/a",
                  "annofs ls b2", "annofs mount --ca-file da"});
  for (const std::string line :
       {"annofs mount ", "annofs mount --addressing=", "annofs mount --addressing virtual ",
        "annofs export --format COCO\\ 1.0 ", "annofs cache verify ", "annofs umount /mnt/a\\ b ",
        "annofs ls b2://", "annofs mount --ca-file data.json "}) {
    EXPECT_THAT(shown, HasSubstr(absl::StrCat("shown<", line, ">shown")));
  }
}

TEST_F(CompletionTest, ZshFindsItWhereItsFunctionsAre) {
  if (!Exists("zsh")) GTEST_SKIP() << "zsh is not installed";
  ASSERT_TRUE(testing::WriteFile(dir_ / "fpath/_annofs", *testing::ReadFile(dir_ / "zsh")).ok());
  const std::string shown = Zsh(absl::StrCat("fpath=(", dir_ / "fpath", " $fpath); compinit -D -u"),
                                {"annofs mou", "annofs cache ver"});
  EXPECT_THAT(shown, AllOf(HasSubstr("shown<annofs mount >shown"),
                           HasSubstr("shown<annofs cache verify >shown")));
}

}  // namespace
}  // namespace annofs
