// What can stand on a command line of annofs, as the completions of shells say it; from the tables
// of commands and options. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

struct CompletedValue {
  enum class Kind {
    kNothing,  // what it is, no shell knows
    kWords,
    kFile,
    kDirectory,
    kSource,      // of a bucket, or a file or directory
    kMountpoint,  // of annofs
    kSourceOrMountpoint
  } kind = Kind::kNothing;
  std::string title;               // "DIR"
  std::vector<std::string> words;  // kWords; may have spaces
};

struct CompletedOption {
  std::string name;  // without dashes; "" of one that has a letter only
  char letter = 0;
  std::string help;
  // kNone: a switch. kBehindEquals: a switch with a value that may be left out.
  enum class Takes { kNone, kBehindEquals, kNextWord } takes = Takes::kNone;
  bool is_repeated = false;
  CompletedValue value;
};

struct CompletedCommand {
  std::string name;
  std::string summary;
  std::vector<CompletedOption> options;
  std::vector<CompletedValue> arguments;
  bool last_is_repeated = false;
};

// In the order of Commands().
std::vector<CompletedCommand> CompletionModel();

std::string BashCompletion(const std::vector<CompletedCommand>& commands);
std::string ZshCompletion(const std::vector<CompletedCommand>& commands);
std::string FishCompletion(const std::vector<CompletedCommand>& commands);

// The text as one word of a POSIX shell, also of zsh; of fish.
std::string ShellQuoted(absl::string_view text);
std::string FishQuoted(absl::string_view text);

}  // namespace annofs
