#include "tests/golden/own_tracks.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace annofs::testing {
namespace {

constexpr absl::string_view kBegin = "  <track id=\"", kEnd = "  </track>\n";

struct OwnTrack {
  int64_t frame = 0;  // of its first shape
  std::string text;   // behind its number
};

int64_t FirstFrame(absl::string_view text) {
  constexpr absl::string_view kFrame = " frame=\"";
  const size_t at = text.find(kFrame);
  int64_t frame = -1;
  if (at == text.npos) return frame;
  const absl::string_view rest = text.substr(at + kFrame.size());
  return absl::SimpleAtoi(rest.substr(0, rest.find('"')), &frame) ? frame : -1;
}

}  // namespace

void OrderOwnTracks(size_t tracks, FileTree& tree) {
  const auto file = tree.find("annotations.xml");
  if (file == tree.end()) return;
  const absl::string_view text = file->second;
  size_t at = text.find(kBegin);
  for (size_t i = 0; i < tracks && at != text.npos; ++i) at = text.find(kBegin, at + 1);
  if (at == text.npos) return;
  const absl::string_view head = text.substr(0, at);
  std::vector<OwnTrack> own;
  while (text.substr(at, kBegin.size()) == kBegin) {
    const size_t begin = text.find('"', at + kBegin.size());
    const size_t end = text.find(kEnd, at);
    if (begin == text.npos || end == text.npos) return;
    at = end + kEnd.size();
    const absl::string_view body = text.substr(begin, at - begin);
    own.push_back({.frame = FirstFrame(body), .text = std::string(body)});
  }
  std::stable_sort(own.begin(), own.end(),
                   [](const OwnTrack& a, const OwnTrack& b) { return a.frame < b.frame; });
  std::string ordered(head);
  for (size_t i = 0; i < own.size(); ++i) {
    absl::StrAppend(&ordered, kBegin, tracks + i, own[i].text);
  }
  absl::StrAppend(&ordered, text.substr(at));
  file->second = std::move(ordered);
}

}  // namespace annofs::testing
