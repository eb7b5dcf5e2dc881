// `annofs completion`: prints what a shell needs to complete command lines of annofs.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "tools/command.h"
#include "tools/completion_model.h"
#include "tools/option_values.h"

namespace annofs {

int RunCompletion(const Settings&, const std::vector<std::string>& arguments, const Io& io) {
  const std::string& shell = arguments[0];
  if (shell == "bash") {
    io.out << BashCompletion(CompletionModel());
  } else if (shell == "zsh") {
    io.out << ZshCompletion(CompletionModel());
  } else if (shell == "fish") {
    io.out << FishCompletion(CompletionModel());
  } else {
    io.err << "annofs: completion: '" << shell << "' is none of bash, zsh, fish"
           << DidYouMean(shell, {"bash", "zsh", "fish"}) << " (see `annofs help completion`)\n";
    return kWrongUsage;
  }
  io.out.flush();
  return io.out ? kDone : Fail(io, "completion: writing to standard output failed");
}

}  // namespace annofs
