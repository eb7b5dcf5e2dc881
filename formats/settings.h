// Strict reading of a file of settings (cache/base/json_tree.h): a value is asked for as what it
// has to be, and what is wrong with it is an error that says what is allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/base/json_tree.h"

namespace annofs {

// The errors of one file: whatever order its settings are asked for in, the one that stands first
// there counts. Not thread safe.
class SettingErrors {
 public:
  explicit SettingErrors(const JsonTree& tree) : tree_(tree) {}

  void Add(const JsonNode& node, absl::string_view what);
  void AddAtName(const JsonNode& node, absl::string_view what);
  const absl::Status& status() const { return status_; }

 private:
  bool IsFirst(uint32_t line);

  const JsonTree& tree_;
  uint32_t line_ = UINT32_MAX;
  absl::Status status_;
};

// One value, or none: that it is not given is never an error of what asks for it. What asks for a
// value answers nothing where it is not given or wrong. Cheap to copy; tree and errors outlive it.
class Setting {
 public:
  using Words = std::vector<absl::string_view>;

  Setting(const JsonNode* node, SettingErrors& errors) : node_(node), errors_(&errors) {}

  bool is_given() const { return node_ != nullptr; }
  bool is_object() const { return Is(JsonNode::Kind::kObject); }
  bool is_bool() const { return Is(JsonNode::Kind::kBool); }
  bool is_number() const { return Is(JsonNode::Kind::kNumber); }
  bool is_text() const { return Is(JsonNode::Kind::kString); }
  bool is_list() const { return Is(JsonNode::Kind::kArray); }

  // An object that has no other members than these, with at most 64 names. False: there is none.
  bool HasOnly(const Words& allowed) const;
  // REQUIRES: HasOnly(), which names it. May be not given.
  Setting operator[](absl::string_view member) const;
  // Of an object with members of any name but "".
  void ForEachMember(absl::FunctionRef<void(const std::string&, Setting)> fn) const;
  // Of an array.
  void ForEachElement(absl::FunctionRef<void(Setting)> fn) const;

  std::optional<bool> Bool() const;
  // Not "".
  std::optional<std::string> Text() const;
  // Of a string, not "", or a number: as a command line says it.
  std::optional<std::string> TextOrNumber() const;
  std::optional<double> Number(double least, double most) const;
  std::optional<uint64_t> Whole(uint64_t least, uint64_t most) const;
  // Its place among the words.
  std::optional<size_t> Word(const Words& words) const;

  // At least one text, none twice. `check` may have more errors about each.
  enum class Empty { kRefused, kTaken };  // texts that are ""
  std::vector<std::string> Texts(
      absl::FunctionRef<void(const std::string&, Setting)> check = [](const auto&, auto) {},
      Empty empty = Empty::kRefused) const;
  // At least one of the words, as their places; none twice.
  std::vector<size_t> WordList(const Words& words) const;

  void Fail(absl::string_view what) const;
  void FailAtName(absl::string_view what) const;
  // "WANTED is wanted, this is a number".
  void FailAsType(absl::string_view wanted) const;

 private:
  bool Is(JsonNode::Kind kind) const { return node_ != nullptr && node_->kind == kind; }
  // As Is(); another kind is an error.
  bool Wants(JsonNode::Kind kind, absl::string_view wanted) const;
  std::string NumberText() const;

  const JsonNode* node_;
  SettingErrors* errors_;
};

}  // namespace annofs
