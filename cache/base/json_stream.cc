#include <array>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/json_events.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// One bit per pattern: which patterns a path may still match.
using PatternSet = uint64_t;
constexpr size_t kMaxPatterns = 64;

// Of the memory of one matching value.
constexpr size_t kMaxItemBytes = size_t{64} << 20;

struct Step {
  std::string name;
  std::optional<uint64_t> index;  // the name as an array index
  bool any = false;
};

std::optional<uint64_t> ArrayIndex(absl::string_view name) {
  uint64_t index = 0;
  if (!absl::SimpleAtoi(name, &index) || absl::StrCat(index) != name) return std::nullopt;
  return index;
}

class Patterns {
 public:
  explicit Patterns(const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) patterns_.push_back(Steps(pattern));
  }

  PatternSet All() const {
    return patterns_.size() == kMaxPatterns ? ~PatternSet{0}
                                            : (PatternSet{1} << patterns_.size()) - 1;
  }

  // Those of `set` with a step number `depth` that `fits`.
  template <typename Fits>
  PatternSet Narrow(PatternSet set, size_t depth, Fits fits) const {
    PatternSet rest = 0;
    for (PatternSet left = set; left != 0; left &= left - 1) {
      const int i = __builtin_ctzll(left);
      if (patterns_[i].size() > depth && fits(patterns_[i][depth])) rest |= PatternSet{1} << i;
    }
    return rest;
  }

  // Does a pattern of `set` end at `depth`?
  bool AnyEnds(PatternSet set, size_t depth) const {
    for (PatternSet left = set; left != 0; left &= left - 1) {
      if (patterns_[__builtin_ctzll(left)].size() == depth) return true;
    }
    return false;
  }

 private:
  static std::vector<Step> Steps(absl::string_view pattern) {
    std::vector<Step> steps;
    if (pattern.empty()) return steps;
    for (absl::string_view name : absl::StrSplit(pattern, '/')) {
      steps.push_back({.name = std::string(name), .index = ArrayIndex(name), .any = name == "*"});
    }
    return steps;
  }

  std::vector<std::vector<Step>> patterns_;
};

// An open object or array on the way to the present value.
struct Level {
  bool is_array = false;
  PatternSet patterns = 0;  // those that its path may still match
  uint64_t next_index = 0;
  std::string key;
  JsonDamage damage = 0;  // of the key
  bool is_told = false;   // the step is in the path as it is
};

// The worst of it.
absl::string_view DamageText(JsonDamage damage) {
  if ((damage & kJsonItemTooLarge) != 0) return "larger than 64 MiB, left out";
  if ((damage & kJsonStringCut) != 0) return "a string longer than 16 MiB, cut there";
  if ((damage & kJsonNotANumber) != 0) return "a number that is none or too big, taken as null";
  return "text that is no UTF-8, replaced by U+FFFD";
}

// Builds one document after the other out of events, in memory that is used again.
class ItemBuilder {
 public:
  ItemBuilder() : pool_(first_.data(), first_.size()) { Clear(); }

  // One event of `bytes` in the finished value.
  template <typename Event>
  bool Add(size_t bytes, Event event) {
    bytes_ += bytes;
    return event(*events_);
  }
  // The memory of the value so far.
  size_t bytes() const { return bytes_; }

  // The finished value; valid until Clear().
  JsonValue Finish() {
    auto nothing_more = [](rapidjson::Document&) { return true; };
    document_->Populate(nothing_more);
    return JsonValue(&*document_);
  }
  // Also of a value that is not finished.
  void Clear() {
    if (!document_ || bytes_ > kKept) document_.emplace(&pool_);
    document_->SetNull();
    pool_.Clear();
    events_.emplace(*document_);
    bytes_ = 0;
  }

 private:
  // The document holds on to the memory of the largest value that it made.
  static constexpr size_t kKept = 1 << 20;

  alignas(std::max_align_t) std::array<char, 65536> first_;
  rapidjson::MemoryPoolAllocator<> pool_;
  std::optional<rapidjson::Document> document_;
  std::optional<JsonDocumentEvents> events_;
  size_t bytes_ = 0;
};

// Follows the path and copies the events of matching values into a document.
class ItemSink {
 public:
  ItemSink(JsonInput& input, const Patterns& patterns,
           absl::FunctionRef<absl::Status(const JsonItem&)> fn)
      : input_(input), patterns_(patterns), fn_(fn) {}

  const absl::Status& status() const { return status_; }

  void Damaged(JsonDamage damage) { damage_ |= damage; }
  bool Null() {
    return Scalar(0, [](JsonDocumentEvents& to) { return to.Null(); });
  }
  bool Bool(bool value) {
    return Scalar(0, [=](JsonDocumentEvents& to) { return to.Bool(value); });
  }
  bool Int64(int64_t value) {
    return Scalar(0, [=](JsonDocumentEvents& to) { return to.Int64(value); });
  }
  bool Uint64(uint64_t value) {
    return Scalar(0, [=](JsonDocumentEvents& to) { return to.Uint64(value); });
  }
  bool Double(double value) {
    return Scalar(0, [=](JsonDocumentEvents& to) { return to.Double(value); });
  }
  bool String(absl::string_view text) {
    return Scalar(text.size(), [=](JsonDocumentEvents& to) { return to.String(text); });
  }
  bool Key(absl::string_view text) {
    if (inside_ > 0) return Add(text.size(), [=](JsonDocumentEvents& to) { return to.Key(text); });
    Level& level = levels_[depth_ - 1];
    if (level.patterns != 0) level.key.assign(text.data(), text.size());
    level.damage = std::exchange(damage_, 0);
    level.is_told = false;
    return true;
  }
  bool StartObject() {
    return Start(Container::kObject, [](JsonDocumentEvents& to) { return to.StartObject(); });
  }
  bool StartArray() {
    return Start(Container::kArray, [](JsonDocumentEvents& to) { return to.StartArray(); });
  }
  bool EndObject(uint32_t count) {
    return End([=](JsonDocumentEvents& to) { return to.EndObject(count); });
  }
  bool EndArray(uint32_t count) {
    return End([=](JsonDocumentEvents& to) { return to.EndArray(count); });
  }

 private:
  enum class Container { kObject, kArray };

  // The patterns that the value which starts here may still match.
  PatternSet Enter() {
    if (depth_ == 0) return patterns_.All();
    Level& parent = levels_[depth_ - 1];
    const uint64_t index = parent.next_index++;
    if (parent.is_array) parent.is_told = false;
    if (parent.patterns == 0) return 0;
    return patterns_.Narrow(parent.patterns, depth_ - 1, [&](const Step& step) {
      if (step.any) return true;
      return parent.is_array ? step.index == index : step.name == parent.key;
    });
  }

  template <typename Event>
  bool Scalar(size_t bytes, Event event) {
    if (inside_ > 0) return Add(bytes, event);
    if (!patterns_.AnyEnds(Enter(), depth_)) {
      damage_ = 0;  // of nothing that is wanted
      return true;
    }
    offset_ = input_.token();
    return Add(bytes, event) && Deliver();
  }

  template <typename Event>
  bool Start(Container container, Event event) {
    if (inside_ > 0) {
      ++inside_;
      return Add(0, event);
    }
    const PatternSet patterns = Enter();
    if (patterns_.AnyEnds(patterns, depth_)) {
      inside_ = 1;
      offset_ = input_.token();
      return Add(0, event);
    }
    Push(container, patterns);
    return true;
  }

  template <typename Event>
  bool End(Event event) {
    if (inside_ == 0) {
      --depth_;
      return true;
    }
    return Add(0, event) && (--inside_ > 0 || Deliver());
  }

  // To the matching value, until that has become too large.
  template <typename Event>
  bool Add(size_t bytes, Event event) {
    if ((damage_ & kJsonItemTooLarge) != 0) return true;
    bytes += sizeof(rapidjson::Value);
    if (builder_.bytes() + bytes <= kMaxItemBytes) return builder_.Add(bytes, event);
    builder_.Clear();
    damage_ |= kJsonItemTooLarge;
    return true;
  }

  // Levels are kept when left: their keys' memory is used again.
  void Push(Container container, PatternSet patterns) {
    if (levels_.size() == depth_) levels_.emplace_back();
    Level& level = levels_[depth_++];
    level.is_array = container == Container::kArray;
    level.patterns = patterns;
    level.next_index = 0;
    level.damage = 0;
    level.is_told = false;
  }

  bool Deliver() {
    item_.path.resize(depth_);
    for (size_t i = 0; i < depth_; ++i) {
      Level& level = levels_[i];
      damage_ |= level.damage;
      if (level.is_told) continue;
      item_.path[i] = level.is_array ? absl::StrCat(level.next_index - 1) : level.key;
      level.is_told = true;
    }
    const bool is_whole = (damage_ & kJsonItemTooLarge) == 0;
    item_.offset = offset_;
    item_.value = is_whole ? builder_.Finish() : JsonValue();
    item_.damage = damage_ == 0 ? absl::string_view() : DamageText(damage_);
    damage_ = 0;
    status_ = fn_(item_);
    builder_.Clear();
    return status_.ok();
  }

  JsonInput& input_;
  const Patterns& patterns_;
  absl::FunctionRef<absl::Status(const JsonItem&)> fn_;
  ItemBuilder builder_;
  std::vector<Level> levels_;
  size_t depth_ = 0;       // open levels above a matching value
  int inside_ = 0;         // open levels of a matching value
  uint64_t offset_ = 0;    // of the matching value
  JsonDamage damage_ = 0;  // of the matching value, or the name that is read
  JsonItem item_;
  absl::Status status_;
};

}  // namespace

absl::Status StreamJson(ChunkSource& source, const std::vector<std::string>& patterns,
                        absl::FunctionRef<absl::Status(const JsonItem&)> fn, int max_depth) {
  if (patterns.size() > kMaxPatterns) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxPatterns, " patterns"));
  }
  const Patterns compiled(patterns);
  JsonInput input(source);
  const auto sink = std::make_unique<ItemSink>(input, compiled, fn);  // too big for small stacks
  const JsonProblem problem =
      JsonEvents(input, JsonTokens::Mode::kMending, *sink, max_depth).Read();
  RETURN_IF_ERROR(sink->status());
  RETURN_IF_ERROR(input.status());
  if (problem.what.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("byte ", problem.offset, ": ", problem.what));
}

}  // namespace annofs
