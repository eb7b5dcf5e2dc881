#include "formats/lfw_pairs_export.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "formats/item.h"
#include "formats/python_parse.h"
#include "formats/shape_attribute.h"

namespace annofs {
namespace {

// Python's text.replace(person, "")[1:].
std::string WithoutPerson(absl::string_view text, absl::string_view person) {
  const std::string rest =
      person.empty() ? std::string(text) : absl::StrReplaceAll(text, {{person, ""}});
  absl::string_view tail = rest;
  if (!tail.empty()) TakeCharacter(tail);
  return std::string(tail);
}

// The number of "person_0001" is 1. Where there is none CVAT's export fails; here the name stays.
std::string NumberOf(absl::string_view id, absl::string_view person) {
  if (!absl::StartsWith(id, person)) return std::string(id);
  return PythonIntText(WithoutPerson(id, person)).value_or(std::string(id));
}

std::vector<absl::string_view> Characters(absl::string_view text) {
  std::vector<absl::string_view> characters;
  while (!text.empty() && characters.size() < kMostLfwPairs) {
    absl::string_view rest = text;
    TakeCharacter(rest);
    characters.push_back(text.substr(0, text.size() - rest.size()));
    text = rest;
  }
  return characters;
}

// A text out of an attribute; anything else that CVAT cannot go through has no pairs.
struct PairTexts {
  std::optional<ItemValue> positive, negative;
  static std::optional<absl::string_view> TextOf(const std::optional<ItemValue>& value) {
    if (!value) return std::nullopt;
    const std::string* text = std::get_if<std::string>(&*value);
    return text == nullptr ? absl::string_view() : absl::string_view(*text);
  }
};

// Of a frame with a tag.
absl::StatusOr<LfwPairs> PairsOf(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, rank));
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  if (all.tags.empty()) return absl::InternalError("a frame with a tag in the index has none");
  const Shape& tag = all.tags[0];
  const PairTexts texts{AttributeOf(data.info(), tag, "positive_pairs"),
                        AttributeOf(data.info(), tag, "negative_pairs")};
  return LfwPairsOf(names.id, {.person = data.info().labels[tag.label].name,
                               .positive = PairTexts::TextOf(texts.positive),
                               .negative = PairTexts::TextOf(texts.negative)});
}

// Which frames are not listed, because they were named before. Thread safe.
class NamedBefore {
 public:
  NamedBefore(RankSet frames, RankSet tagged)
      : frames_(std::move(frames)), tagged_(std::move(tagged)) {}

  absl::StatusOr<RankSet> Get(const Dataset& data) {
    absl::MutexLock lock(&mutex_);
    if (!is_made_) {
      RETURN_IF_ERROR(Make(data));
      is_made_ = true;
    }
    return set_;
  }

 private:
  struct Naming {
    uint64_t name = 0;  // hash
    uint32_t position = 0;
    Rank rank = 0;
    friend bool operator<(const Naming& a, const Naming& b) {
      return std::pair(a.name, a.position) < std::pair(b.name, b.position);
    }
  };

  absl::Status Make(const Dataset& data) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<Naming> namings;
    RankCollector before;
    absl::Status status;
    tagged_.ForEach(0, [&](Rank rank) {
      status = Look(data, rank, namings, before);
      return status.ok();
    });
    RETURN_IF_ERROR(status);
    std::sort(namings.begin(), namings.end());
    for (size_t i = 1; i < namings.size(); ++i) {
      const bool is_again =
          namings[i].name == namings[i - 1].name && namings[i].position != namings[i - 1].position;
      // The first of a run names it; all behind it come later.
      if (is_again) before.Add(namings[i].rank);
    }
    set_ = before.Take();
    return absl::OkStatus();
  }

  // Images without a tag are called by their ids: looked up by name, they need no pass of their
  // own.
  absl::Status Look(const Dataset& data, Rank rank, std::vector<Naming>& namings,
                    RankCollector& before) const {
    ASSIGN_OR_RETURN(const LfwPairs pairs, PairsOf(data, rank));
    ASSIGN_OR_RETURN(const uint32_t position, data.PositionOf(rank));
    absl::flat_hash_set<absl::string_view> seen;
    for (const std::string& name : pairs.names) {
      if (!seen.insert(name).second) continue;
      namings.push_back({absl::HashOf(name), position, rank});
      ASSIGN_OR_RETURN(const std::optional<Rank> other, data.FindSidecar(name));
      if (!other || tagged_.Contains(*other) || !frames_.Contains(*other)) continue;
      ASSIGN_OR_RETURN(const uint32_t its_position, data.PositionOf(*other));
      if (its_position > position) {
        before.Add(*other);
      } else if (&name == &pairs.names[0]) {
        before.Add(rank);
      }
    }
    return absl::OkStatus();
  }

  const RankSet frames_, tagged_;
  absl::Mutex mutex_;
  bool is_made_ ABSL_GUARDED_BY(mutex_) = false;
  RankSet set_ ABSL_GUARDED_BY(mutex_);
};

Section PairLines(const RankSet& tagged, std::vector<std::string> LfwPairs::*lines) {
  Section section{.frames = tagged};
  section.segment = [lines](const Dataset& data, const SegmentAt& at, Running&,
                            std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const LfwPairs pairs, PairsOf(data, at.rank));
    for (const std::string& line : pairs.*lines) out += line;
    return absl::OkStatus();
  };
  return section;
}

}  // namespace

LfwPairs LfwPairsOf(absl::string_view id, const LfwTag& tag) {
  const std::string number = NumberOf(id, tag.person);
  LfwPairs pairs;
  pairs.names.push_back(absl::StrCat(tag.person, "/", number));
  for (absl::string_view other : Characters(tag.positive.value_or(""))) {
    const std::string name =
        absl::StartsWith(other, tag.person) ? WithoutPerson(other, tag.person) : std::string(other);
    pairs.names.push_back(absl::StrCat(tag.person, "/", name));
    pairs.positive.push_back(absl::StrCat(tag.person, "\t", number, "\t", name, "\n"));
  }
  for (absl::string_view other : Characters(tag.negative.value_or(""))) {
    pairs.names.emplace_back(other);
    pairs.negative.push_back(absl::StrCat(tag.person, "\t", number, "\t-\t", other, "\n"));
  }
  if (!tag.positive && !tag.negative) pairs.neutral = absl::StrCat(tag.person, "/", id, "\n");
  return pairs;
}

Segments LfwPairsFile(const RankSet& frames, const RankSet& tagged) {
  auto before = std::make_shared<NamedBefore>(frames, tagged);
  Section neutral{.frames = frames};
  neutral.segment = [before, tagged](const Dataset& data, const SegmentAt& at, Running&,
                                     std::string& out) -> absl::Status {
    ASSIGN_OR_RETURN(const RankSet named, before->Get(data));
    if (named.Contains(at.rank)) return absl::OkStatus();
    if (tagged.Contains(at.rank)) {
      ASSIGN_OR_RETURN(const LfwPairs pairs, PairsOf(data, at.rank));
      out += pairs.neutral;
    } else {
      ASSIGN_OR_RETURN(const ItemNames names, ItemNamesOf(data, at.rank));
      absl::StrAppend(&out, names.id, "\n");
    }
    return absl::OkStatus();
  };
  Segments file;
  file.sections.push_back(PairLines(tagged, &LfwPairs::positive));
  file.sections.push_back(PairLines(tagged, &LfwPairs::negative));
  file.sections.push_back(std::move(neutral));
  return file;
}

}  // namespace annofs
