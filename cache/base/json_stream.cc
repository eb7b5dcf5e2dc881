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
};

// Builds one document after the other out of events, in memory that is used again.
class ItemBuilder {
 public:
  ItemBuilder() : pool_(first_.data(), first_.size()), document_(&pool_) {}

  rapidjson::Document& events() { return document_; }
  // The finished value; valid until Clear().
  JsonValue Finish() {
    auto nothing_more = [](rapidjson::Document&) { return true; };
    document_.Populate(nothing_more);
    return JsonValue(&document_);
  }
  void Clear() {
    document_.SetNull();
    pool_.Clear();
  }

 private:
  alignas(std::max_align_t) std::array<char, 65536> first_;
  rapidjson::MemoryPoolAllocator<> pool_;
  rapidjson::Document document_;
};

// Follows the path and copies the events of matching values into a document.
class ItemSink {
 public:
  ItemSink(JsonInput& input, const Patterns& patterns,
           absl::FunctionRef<absl::Status(const JsonItem&)> fn)
      : input_(input), patterns_(patterns), fn_(fn) {}

  const absl::Status& status() const { return status_; }

  bool Null() {
    return Scalar([](rapidjson::Document& to) { return to.Null(); });
  }
  bool Bool(bool value) {
    return Scalar([=](rapidjson::Document& to) { return to.Bool(value); });
  }
  bool Int64(int64_t value) {
    return Scalar([=](rapidjson::Document& to) { return to.Int64(value); });
  }
  bool Uint64(uint64_t value) {
    return Scalar([=](rapidjson::Document& to) { return to.Uint64(value); });
  }
  bool Double(double value) {
    return Scalar([=](rapidjson::Document& to) { return to.Double(value); });
  }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return Scalar([=](rapidjson::Document& to) { return to.String(text, size, copy); });
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    if (inside_ > 0) return builder_.events().Key(text, size, copy);
    Level& level = levels_[depth_ - 1];
    if (level.patterns != 0) level.key.assign(text, size);
    return true;
  }
  bool StartObject() {
    return Start(Container::kObject, [](rapidjson::Document& to) { return to.StartObject(); });
  }
  bool StartArray() {
    return Start(Container::kArray, [](rapidjson::Document& to) { return to.StartArray(); });
  }
  bool EndObject(rapidjson::SizeType count) {
    return End([=](rapidjson::Document& to) { return to.EndObject(count); });
  }
  bool EndArray(rapidjson::SizeType count) {
    return End([=](rapidjson::Document& to) { return to.EndArray(count); });
  }

 private:
  enum class Container { kObject, kArray };

  // The patterns that the value which starts here may still match.
  PatternSet Enter() {
    if (depth_ == 0) return patterns_.All();
    Level& parent = levels_[depth_ - 1];
    const uint64_t index = parent.next_index++;
    if (parent.patterns == 0) return 0;
    return patterns_.Narrow(parent.patterns, depth_ - 1, [&](const Step& step) {
      if (step.any) return true;
      return parent.is_array ? step.index == index : step.name == parent.key;
    });
  }

  template <typename Event>
  bool Scalar(Event event) {
    if (inside_ > 0) return event(builder_.events());
    if (!patterns_.AnyEnds(Enter(), depth_)) return true;
    offset_ = input_.token();
    return event(builder_.events()) && Deliver();
  }

  template <typename Event>
  bool Start(Container container, Event event) {
    if (inside_ > 0) {
      ++inside_;
      return event(builder_.events());
    }
    const PatternSet patterns = Enter();
    if (patterns_.AnyEnds(patterns, depth_)) {
      inside_ = 1;
      offset_ = input_.token();
      input_.set_item(offset_);
      return event(builder_.events());
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
    return event(builder_.events()) && (--inside_ > 0 || Deliver());
  }

  // Levels are kept when left: their keys' memory is used again.
  void Push(Container container, PatternSet patterns) {
    if (levels_.size() == depth_) levels_.emplace_back();
    Level& level = levels_[depth_++];
    level.is_array = container == Container::kArray;
    level.patterns = patterns;
    level.next_index = 0;
  }

  bool Deliver() {
    input_.set_item(JsonInput::kNoItem);
    item_.path.resize(depth_);
    for (size_t i = 0; i < depth_; ++i) {
      const Level& level = levels_[i];
      item_.path[i] = level.is_array ? absl::StrCat(level.next_index - 1) : level.key;
    }
    item_.offset = offset_;
    item_.value = builder_.Finish();
    status_ = fn_(item_);
    builder_.Clear();
    return status_.ok();
  }

  JsonInput& input_;
  const Patterns& patterns_;
  absl::FunctionRef<absl::Status(const JsonItem&)> fn_;
  ItemBuilder builder_;
  std::vector<Level> levels_;
  size_t depth_ = 0;     // open levels above a matching value
  int inside_ = 0;       // open levels of a matching value
  uint64_t offset_ = 0;  // of the matching value
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
  const JsonProblem problem = ReadJsonEvents(input, *sink, max_depth);
  RETURN_IF_ERROR(sink->status());
  RETURN_IF_ERROR(input.status());
  if (problem.what.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("byte ", problem.offset, ": ", problem.what));
}

}  // namespace annofs
