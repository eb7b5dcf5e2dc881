#include "fs/posting_lists.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "cache/base/number_code.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// What a term costs besides its texts and frames: its place in the table, an empty bitmap.
constexpr size_t kTermBytes = 320;
constexpr size_t kFrameBytes = 2;
constexpr size_t kRunBuffer = 64 << 10;
constexpr size_t kMostHead = 20;

void AppendText(std::string& out, absl::string_view text) {
  AppendNumber(out, text.size());
  out.append(text.data(), text.size());
}

std::string EncodeTerm(const FrameTerm& term) {
  std::string bytes(1, char(term.kind));
  AppendNumber(bytes, term.number);
  AppendNumber(bytes, term.label);
  AppendSigned(bytes, term.track);
  AppendText(bytes, term.text);
  AppendText(bytes, term.value);
  return bytes;
}

FrameTerm DecodeTerm(absl::string_view bytes) {
  CodeReader in(bytes);
  FrameTerm term;
  term.kind = FrameTerm::Kind(in.Byte());
  term.number = uint32_t(in.Number());
  term.label = uint32_t(in.Number());
  term.track = int32_t(in.Signed());
  term.text = std::string(in.Bytes(in.Number()));
  term.value = std::string(in.Bytes(in.Number()));
  return term;
}

// A run: length and bytes of the key, of the term, of the set.
class RunCursor {
 public:
  RunCursor(const SpillFile& file, uint64_t begin, uint64_t end)
      : reader_(file, begin, end, kRunBuffer) {}

  bool is_at_end() const { return is_at_end_; }
  const std::string& key() const { return key_; }
  const std::string& term() const { return term_; }
  const std::string& ranks() const { return ranks_; }

  absl::Status Next() {
    is_at_end_ = reader_.empty();
    if (is_at_end_) return absl::OkStatus();
    RETURN_IF_ERROR(TakeText(key_));
    RETURN_IF_ERROR(TakeText(term_));
    return TakeText(ranks_);
  }

 private:
  absl::Status TakeText(std::string& text) {
    absl::string_view bytes;
    RETURN_IF_ERROR(reader_.Peek(kMostHead, &bytes));
    CodeReader in(bytes);
    const size_t size = size_t(in.Number());
    reader_.Skip(bytes.size() - in.rest().size());
    RETURN_IF_ERROR(reader_.Peek(size, &bytes));
    text = std::string(bytes.substr(0, size));
    reader_.Skip(size);
    return absl::OkStatus();
  }

  SpillReader reader_;
  bool is_at_end_ = false;
  std::string key_, term_, ranks_;
};

RankSet Complement(const RankSet& set, uint32_t count) {
  RankCollector none;
  uint32_t next = 0;
  auto fill = [&](uint32_t end) {
    if (next < end) none.AddAll(RankSet::Range(next, end));
  };
  set.ForEach(0, [&](uint32_t member) {
    fill(member);
    next = member + 1;
    return true;
  });
  fill(count);
  return none.Take();
}

}  // namespace

size_t PostingLists::Hash::operator()(const ShapeTerm& term) const {
  return absl::HashOf(term.kind, term.number, term.label, term.track, term.text, term.value);
}
size_t PostingLists::Hash::operator()(const FrameTerm& term) const {
  return absl::HashOf(term.kind, term.number, term.label, term.track, absl::string_view(term.text),
                      absl::string_view(term.value));
}
bool PostingLists::Equal::operator()(const FrameTerm& a, const ShapeTerm& b) const {
  return a.kind == b.kind && a.number == b.number && a.label == b.label && a.track == b.track &&
         a.text == b.text && a.value == b.value;
}

PostingLists::PostingLists(std::string directory, size_t bound, const AttributeLimits& limits)
    : file_(std::move(directory)), bound_(bound), attributes_(limits) {}

RankCollector& PostingLists::Collector(const ShapeTerm& term) {
  auto found = terms_.find(term);
  if (found == terms_.end()) {
    bytes_ += kTermBytes + term.text.size() + term.value.size();
    found = terms_.try_emplace(term.Copy()).first;
  }
  return found->second;
}

absl::Status PostingLists::Add(const ShapeTerm& term, uint32_t frame) {
  if (term.kind == FrameTerm::Kind::kAttribute) {
    // Those that are known were asked about before.
    const bool is_long = term.value.size() > kMaxTermValue;
    if ((is_long || !terms_.contains(term)) &&
        !attributes_.Add(term.number, term.text, term.value)) {
      return absl::OkStatus();
    }
  }
  if (Collector(term).Add(frame)) bytes_ += kFrameBytes;
  return bytes_ > bound_ ? MakeRoom() : absl::OkStatus();
}

absl::Status PostingLists::AddShape(uint32_t task, uint32_t frame, const Shape& shape) {
  absl::Status status;
  annotated_.Add(frame);
  TermsOfShape(task, shape, [&](const ShapeTerm& term) { status.Update(Add(term, frame)); });
  return status;
}

// A bitmap takes less than what was counted where it is dense.
absl::Status PostingLists::MakeRoom() {
  size_t bytes = 0;
  for (const auto& [term, ranks] : terms_) {
    bytes += kTermBytes + term.text.size() + term.value.size() + ranks.bytes();
  }
  bytes_ = bytes;
  return bytes > bound_ / 2 ? Spill() : absl::OkStatus();
}

absl::Status PostingLists::Spill() {
  runs_.push_back({.begin = file_.size(), .end = file_.size()});
  std::vector<std::pair<std::string, const FrameTerm*>> sorted;
  for (const auto& [term, ranks] : terms_) sorted.emplace_back(TermKey(term), &term);
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [key, term] : sorted) {
    std::string record;
    AppendText(record, key);
    AppendText(record, EncodeTerm(*term));
    AppendText(record, terms_.find(*term)->second.Take().Encode());
    RETURN_IF_ERROR(file_.Append(record));
  }
  runs_.back().end = file_.size();
  terms_ = {};
  bytes_ = 0;
  return absl::OkStatus();
}

absl::Status PostingLists::Merge(absl::FunctionRef<absl::Status(FrameTerm, RankCollector)> take) {
  if (!terms_.empty() && !runs_.empty()) RETURN_IF_ERROR(Spill());
  if (runs_.empty()) {
    std::vector<std::pair<std::string, const FrameTerm*>> sorted;
    for (const auto& [term, ranks] : terms_) sorted.emplace_back(TermKey(term), &term);
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [key, term] : sorted) {
      RETURN_IF_ERROR(take(*term, std::move(terms_.find(*term)->second)));
    }
    return absl::OkStatus();
  }
  std::vector<RunCursor> cursors;
  cursors.reserve(runs_.size());
  auto is_later = [&cursors](size_t a, size_t b) { return cursors[a].key() > cursors[b].key(); };
  std::priority_queue<size_t, std::vector<size_t>, decltype(is_later)> queue(is_later);
  for (const Run& run : runs_) {
    RETURN_IF_ERROR(cursors.emplace_back(file_, run.begin, run.end).Next());
    queue.push(cursors.size() - 1);
  }
  while (!queue.empty()) {
    const std::string key = cursors[queue.top()].key();
    FrameTerm term = DecodeTerm(cursors[queue.top()].term());
    RankCollector frames;
    while (!queue.empty() && cursors[queue.top()].key() == key) {
      const size_t run = queue.top();
      queue.pop();
      ASSIGN_OR_RETURN(RankSet some, RankSet::Decode(cursors[run].ranks()));
      frames.AddAll(some);
      RETURN_IF_ERROR(cursors[run].Next());
      if (!cursors[run].is_at_end()) queue.push(run);
    }
    RETURN_IF_ERROR(take(std::move(term), std::move(frames)));
  }
  return absl::OkStatus();
}

absl::Status PostingLists::Finish(const FrameOrdering& ordering, Taker take) {
  std::vector<Rank> rank_of_frame;
  if (!ordering.is_identity()) {
    rank_of_frame.resize(ordering.count());
    for (Rank rank = 0; rank < ordering.count(); ++rank) {
      rank_of_frame[ordering.FrameOf(rank)] = rank;
    }
  }
  auto ranked = [&](RankSet frames) {
    if (ordering.is_identity()) return frames;
    RankCollector ranks;
    frames.ForEach(0, [&](uint32_t frame) {
      ranks.Add(rank_of_frame[frame]);
      return true;
    });
    return ranks.Take();
  };
  // Its place in the order is behind the labels.
  auto give_none = [&, is_due = true](FrameTerm::Kind next) mutable -> absl::Status {
    if (!is_due || next <= FrameTerm::Kind::kNoLabel) return absl::OkStatus();
    is_due = false;
    RankSet none = ranked(Complement(annotated_.Take(), ordering.count()));
    return none.empty() ? absl::OkStatus() : take(FrameTerm::WithoutLabel(), none);
  };
  RETURN_IF_ERROR(Merge([&](FrameTerm term, RankCollector frames) -> absl::Status {
    RETURN_IF_ERROR(give_none(term.kind));
    const bool is_listed =
        term.kind != FrameTerm::Kind::kAttribute || attributes_.IsListed(term.number, term.text);
    return is_listed ? take(term, ranked(frames.Take())) : absl::OkStatus();
  }));
  return give_none(FrameTerm::Kind::kAttribute);
}

}  // namespace annofs
