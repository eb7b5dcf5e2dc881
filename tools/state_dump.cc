#include "tools/state_dump.h"

#include <malloc.h>

#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/text.h"
#include "fs/mount_status.h"
#include "tools/node_path.h"

namespace annofs {
namespace {

// A line of /proc/self/status: its number, in kB where it has a unit.
uint64_t FromProcess(absl::string_view name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, name) || !absl::ConsumePrefix(&rest, ":")) continue;
    uint64_t number = 0;
    rest = absl::StripSuffix(absl::StripAsciiWhitespace(rest), " kB");
    return absl::SimpleAtoi(rest, &number) ? number : 0;
  }
  return 0;
}

std::string RequestLine(const WaitingRequest& request, const std::string& path) {
  std::string text = absl::StrFormat("state: waiting %s of %s for %.1f s", request.name, path,
                                     absl::ToDoubleSeconds(request.age));
  if (request.range.length > 0) {
    absl::StrAppend(&text, ", ", request.range.length, " bytes at ", request.range.offset);
  }
  const double left = absl::ToDoubleSeconds(request.left);
  absl::StrAppendFormat(&text, ", deadline %s %.1f s", left >= 0 ? "in" : "passed by",
                        left >= 0 ? left : -left);
  return text;
}

std::string ThreadsLine(const SessionState& state) {
  std::string text =
      absl::StrFormat("state: threads %d, of which %d workers and %d of the slow lane",
                      FromProcess("Threads"), state.workers, state.slow_threads);
  if (state.busy_workers > 0) {
    absl::StrAppendFormat(&text, "; %d workers busy, the longest for %.1f s", state.busy_workers,
                          absl::ToDoubleSeconds(state.longest_busy));
  }
  return text;
}

// JSON that is written for people, as one line: no text of JSON has a line's end in it.
std::string OneLine(absl::string_view json) {
  std::string text;
  for (absl::string_view line : absl::StrSplit(json, '\n')) {
    absl::StrAppend(&text, absl::StripAsciiWhitespace(line));
  }
  return text;
}

}  // namespace

void DumpState(const Session& session, Filesystem& filesystem, absl::string_view root) {
  const SessionState state = session.State();
  LogAsked(absl::StrCat("state: ", state.waiting, " requests waiting",
                        state.waiting > state.oldest.size()
                            ? absl::StrCat(", of which the ", state.oldest.size(), " oldest are")
                            : ""));
  for (const WaitingRequest& request : state.oldest) {
    LogAsked(RequestLine(request, ShownPath(filesystem, root, request.node)));
  }
  LogAsked(ThreadsLine(state));
  const struct mallinfo2 heap = mallinfo2();
  LogAsked(absl::StrCat("state: memory ", HumanSize(FromProcess("VmRSS") << 10), " resident, ",
                        HumanSize(ResidentAnonymousBytes()), " of it anonymous; heap ",
                        HumanSize(heap.uordblks + heap.hblkhd), " in use of ",
                        HumanSize(heap.arena + heap.hblkhd)));
  LogAsked(absl::StrCat("state: status ", OneLine(filesystem.StatusJson())));
}

}  // namespace annofs
