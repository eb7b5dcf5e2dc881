#include "formats/split_config.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"
#include "formats/config_words.h"

namespace annofs {
namespace {

// Of shares with six digits: 0.333333 three times are whole.
constexpr double kTolerance = 1e-6 + 1e-9;
constexpr uint64_t kMaxSeed = INT64_MAX;  // what every tool takes that reads the file

struct Shares {
  std::optional<double> train, val, test;
  bool any() const { return train || val || test; }
};

// Without what the subtraction has added: 1 - 0.7 - 0.2 is 0.1.
double RestOf(double a, double b) { return std::round((1 - a - b) * 1e12) / 1e12; }

std::string Rounded(double sum) { return ShortFloat(std::round(sum * 1e9) / 1e9); }

// REQUIRES: at least one is given.
SplitOptions Completed(const Shares& shares, SplitOptions options) {
  if (shares.train && shares.val && !shares.test) {
    options.test = RestOf(*shares.train, *shares.val);
  } else {
    options.test = shares.test.value_or(0);
  }
  if (shares.train && !shares.val) {
    options.val = RestOf(*shares.train, options.test);
  } else {
    options.val = shares.val.value_or(SplitOptions().val);
  }
  options.train = shares.train.value_or(RestOf(options.val, options.test));
  return options;
}

void ReadShares(const Setting& split, const Shares& shares, SplitOptions& options) {
  if (!shares.any()) return;
  const SplitOptions whole = Completed(shares, options);
  const double sum = whole.train + whole.val + whole.test;
  const double least = std::min({whole.train, whole.val, whole.test});
  if (least < 0) {
    // It is the one that was left out; the others are shares.
    split.Fail(absl::StrCat("the shares add up to ", Rounded(1 - least), ", more than 1",
                            shares.val || shares.train ? "" : "; without 'val' that is 0.2"));
  } else if (std::abs(sum - 1) > kTolerance) {
    split.Fail(absl::StrCat("the shares add up to ", Rounded(sum),
                            ", not to 1; one that is left out is what is missing"));
  } else {
    options = whole;
  }
}

PartList ReadList(absl::string_view part, const Setting& list,
                  absl::flat_hash_map<std::string, absl::string_view>& part_of) {
  PartList read{.part = std::string(part)};
  if (list.is_list()) {
    read.frames = list.Texts([&](const std::string& frame, Setting at) {
      const auto [other, is_new] = part_of.emplace(frame, part);
      if (!is_new) {
        at.Fail(absl::StrCat(QuotedForMessage(frame), " is in '", other->second, "' already"));
      }
    });
    return read;
  }
  read.key = list.Text().value_or("");
  double share = 0;
  if (absl::SimpleAtod(read.key, &share)) {
    list.Fail(absl::StrCat(QuotedForMessage(read.key),
                           " is a string; a share stands without quotation marks"));
  } else if (!read.key.empty()) {
    CheckKey(read.key, list);
  }
  return read;
}

}  // namespace

void CheckKey(absl::string_view key, const Setting& at) {
  const std::string quoted = QuotedForMessage(key);
  if (absl::StartsWith(key, "/")) {
    return at.Fail(
        absl::StrCat(quoted, " begins with '/'; keys are relative to the bucket's root"));
  }
  if (std::any_of(key.begin(), key.end(), [](unsigned char c) { return absl::ascii_iscntrl(c); })) {
    return at.Fail(absl::StrCat(quoted, " has a control character"));
  }
  for (const absl::string_view part : absl::StrSplit(key, '/')) {
    if (part == "." || part == "..") {
      return at.Fail(absl::StrCat(quoted, " has '", part,
                                  "'; keys are relative to the bucket's root, and name what is "
                                  "below it"));
    }
    if (part.empty()) return at.Fail(absl::StrCat(quoted, " has an empty name between slashes"));
  }
}

void ReadSplit(const Setting& split, SplitOptions& options, std::vector<PartList>& lists) {
  if (!split.HasOnly({"by", "train", "val", "test", "seed"})) return;
  if (const Setting by = split["by"]; by.is_given()) {
    const auto word = by.Word(SplitByWords());
    if (word) options.by = SplitOptions::By(*word + 1);
  }
  if (const Setting seed = split["seed"]; seed.is_given()) {
    options.seed = seed.Whole(0, kMaxSeed).value_or(0);
  }
  Shares shares;
  std::optional<double>* const share_of[] = {&shares.train, &shares.val, &shares.test};
  absl::flat_hash_map<std::string, absl::string_view> part_of;
  bool are_good = true;
  for (size_t i = 0; i < std::size(kPartNames); ++i) {
    const Setting part = split[kPartNames[i]];
    if (!part.is_given()) continue;
    if (part.is_number()) {
      *share_of[i] = part.Number(0, 1);
      are_good = are_good && share_of[i]->has_value();
    } else if (part.is_list() || part.is_text()) {
      lists.push_back(ReadList(kPartNames[i], part, part_of));
    } else {
      part.FailAsType("a share from 0 to 1, an array of names of frames, or the key of a list");
      are_good = false;
    }
  }
  for (const char* const rule : {"by", "seed"}) {
    if (!lists.empty()) split[rule].FailAtName("lists divide the frames; this is for shares");
  }
  if (shares.any() && !lists.empty()) {
    split.Fail("shares and lists together; either all that are given are shares, or all are lists");
  } else if (are_good) {
    ReadShares(split, shares, options);
  }
}

}  // namespace annofs
