// A command of annofs: a function of its arguments and its streams, so that it is tested in
// process.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/settings.h"

namespace annofs {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

// Where a command writes: data to `out`, messages to `err`.
struct Io {
  std::ostream& out;
  std::ostream& err;
};

struct Command {
  absl::string_view name;
  absl::string_view arguments;  // "SOURCE MOUNTPOINT": names of positional arguments, [optional]
                                // last, the last as often as one likes if it is [MANY…]
  absl::string_view summary;
  int (*run)(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
};

// Every command, in the order of `annofs help`.
const std::vector<Command>& Commands();

// The whole program: `arguments` without the program's name. Answers the exit code.
int RunAnnofs(const std::vector<std::string>& arguments, const Io& io);

// Prints "annofs: what", secrets hidden, and answers kFailed.
int Fail(const Io& io, absl::string_view what);

int RunMount(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunUmount(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunStatus(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunProfile(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunLs(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunCat(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunTree(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunExport(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunIndex(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunWarm(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunCheck(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunStats(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunCache(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunDoctor(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunFormats(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunCompletion(const Settings& settings, const std::vector<std::string>& arguments,
                  const Io& io);
int RunVersion(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);
int RunHelp(const Settings& settings, const std::vector<std::string>& arguments, const Io& io);

}  // namespace annofs
