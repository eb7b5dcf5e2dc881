// What the model of the catalog knows, and the checks of a catalog's answers against it: the ground
// of catalog_model_test.cc.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/catalog.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_model.h"
#include "tests/cache/catalog_testing.h"
#include "tests/cache/faulty_lmdb.h"
#include "tests/cache/model_store.h"

namespace annofs::testing {

// What a snapshot shows of the directories that it has a whole listing of.
using States = std::map<RowId, ModelDirectory>;

// What a mount has told of a directory before it had all of it.
struct Answers {
  int restarts = 0;
  std::map<std::string, std::optional<ModelRow>> by_name;
};

struct MountModel {
  std::unique_ptr<Catalog> catalog;
  CatalogOptions options;
  std::shared_ptr<States> states;
  std::shared_ptr<States> base;
  ModelStore::Recordings recordings;
  std::map<RowId, Answers> answers;
  std::set<RowId> touched;
  std::vector<RowId> directories = {kRootRow};

  bool lists() const { return options.names == CatalogOptions::Names::kFresh; }
  bool is_now() const { return lists() && !options.at.has_value(); }
};

inline bool AreEqual(const ModelRow& a, const ModelRow& b) {
  return a.order_key == b.order_key && a.name == b.name && a.item == b.item;
}

inline bool AreEqual(const ModelDirectory& a, const ModelDirectory& b) {
  return std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(),
                    [](const ModelRow& x, const ModelRow& y) { return AreEqual(x, y); });
}

class CatalogWorld {
 protected:
  using Names = CatalogOptions::Names;
  using Kind = SnapshotInfo::Kind;

  CatalogWorld(Lmdb& lmdb, uint64_t seed, bool faults)
      : random_(seed),
        with_faults_(faults),
        lmdb_(lmdb),
        store_(absl::StrCat("memory://", faults ? "faulty-" : "", seed)) {}

  // The state of a directory after an operation on it, as far as it is known; whole: it has all.
  struct Expected {
    ModelDirectory shown;
    bool whole = false;
    bool unavailable = false;
  };

  int Pick(int count) { return static_cast<int>(random_() % static_cast<uint32_t>(count)); }
  void Log(const std::string& line) { log_.push_back(absl::CHexEscape(line)); }

  void BeginOperation(ModelStore::Recordings* recordings) {
    store_.Record(recordings);
    disk_failed_ = false;
    lmdb_.SetHook(nullptr);
    if (!with_faults_ || Pick(3) != 0) return;
    if (Pick(2) == 0) {
      const int calls = Pick(4);
      const int fault = Pick(5);
      Log(absl::StrCat("  store fault ", fault, " after ", calls));
      store_.FailIn(calls, static_cast<ModelStore::Fault>(fault));
      return;
    }
    const auto left = std::make_shared<std::atomic<int>>(Pick(4));
    const FaultyLmdb::When at =
        Pick(2) == 0 ? FaultyLmdb::When::kBefore : FaultyLmdb::When::kBeforeCommit;
    Log(absl::StrCat("  disk fault after ", left->load()));
    lmdb_.SetHook([this, left, at](int, FaultyLmdb::When when) {
      if (when != at || (*left)-- != 0) return absl::OkStatus();
      disk_failed_ = true;
      return absl::InternalError("disk full");
    });
  }
  void EndOperation() { lmdb_.SetHook(nullptr); }
  bool failed() const { return disk_failed_ || store_.failed(); }

  std::shared_ptr<States> StatesOf(uint64_t snapshot) {
    auto& states = snapshots_[snapshot];
    if (states == nullptr) states = std::make_shared<States>();
    return states;
  }

  Expected Expect(MountModel& mount, RowId row, const std::string& prefix) {
    const auto state = mount.states->find(row);
    if (state != mount.states->end()) {
      EXPECT_EQ(store_.requests(), 0) << "a listed directory was asked for again";
      return {state->second, true};
    }
    if (mount.base != nullptr && mount.base->contains(row)) {
      EXPECT_EQ(store_.requests(), 0) << "an indexed directory was asked for";
      return {mount.base->at(row), true};
    }
    if (!mount.lists()) return {.unavailable = true};
    const auto recording = mount.recordings.find(prefix);
    if (recording == mount.recordings.end()) return {};
    const bool whole = recording->second.complete && (!disk_failed_ || IsListed(mount, row));
    return {Shown(recording->second.items, prefix), whole};
  }

  static bool IsListed(MountModel& mount, RowId row) {
    CallContext fast;
    fast.lane = Lane::kFast;
    return mount.catalog
        ->Children(
            row, 0, [](const Row&) { return true; }, fast)
        .ok();
  }

  // Offline: the listing is the latest of anyone, adopted at first touch.
  bool AdoptLatest(MountModel& mount, RowId row) {
    if (mount.options.names != Names::kOffline || mount.options.at.has_value()) return false;
    if (mount.states->contains(row)) return false;
    std::vector<ModelDirectory> candidates;
    if (latest_.contains(row)) candidates = latest_[row];
    const std::string prefix = mount.catalog->Key(row).value();
    for (const ModelBucket& moment : failed_) {
      candidates.push_back(Shown(moment.Items(prefix, {}), prefix));
    }
    if (candidates.empty()) return false;
    CallContext fast;
    fast.lane = Lane::kFast;
    std::vector<Row> rows;
    const absl::Status status = mount.catalog->Children(
        row, 0,
        [&](const Row& each) {
          rows.push_back(each);
          return true;
        },
        fast);
    if (!status.ok()) return false;
    if (candidates.size() > 1) vague_.insert(mount.catalog->snapshot());
    for (const ModelDirectory& candidate : candidates) {
      const bool equal = std::equal(rows.begin(), rows.end(), candidate.rows.begin(),
                                    candidate.rows.end(), [](const Row& a, const ModelRow& b) {
                                      return a.name == b.name && a.version == b.item.version &&
                                             a.is_directory == b.is_directory;
                                    });
      if (!equal) continue;
      (*mount.states)[row] = candidate;
      return true;
    }
    ADD_FAILURE() << "offline shows what nobody listed last";
    return false;
  }

  void Look(MountModel& mount, RowId row, const std::string& prefix) {
    static const std::vector<std::string> kNames = {
        "a",  "a-", "a.object", "a.object.2", "a.object.object", "b", "b.object", "",
        "..", "ab", "absent",   "A",          ".bzEmpty",        "z"};
    std::string name = kNames[Pick(static_cast<int>(kNames.size()))];
    if (Pick(20) == 0) name = std::string(255 + static_cast<size_t>(Pick(2)), 'n');
    BeginOperation(&mount.recordings);
    const auto found = mount.catalog->Lookup(row, name, {});
    EndOperation();
    Log(absl::StrCat("lookup in ", prefix, " of snapshot ", mount.catalog->snapshot(), ": ", name,
                     " -> ", found.ok() ? "found" : found.status().ToString()));
    if (!IsModelName(name)) {
      EXPECT_TRUE(name.size() > 255 ? absl::IsOutOfRange(found.status())
                                    : absl::IsNotFound(found.status()));
      EXPECT_EQ(store_.requests(), 0);
      return;
    }
    mount.touched.insert(row);
    AdoptLatest(mount, row);
    const Expected expected = Expect(mount, row, prefix);
    const ModelRow* shown = expected.shown.Find(name);
    if (found.ok()) {
      ASSERT_NE(shown, nullptr) << name;
      CheckRow(mount, *found, *shown, row, prefix);
    } else if (absl::IsNotFound(found.status())) {
      EXPECT_EQ(shown, nullptr) << name;
      EXPECT_FALSE(expected.unavailable);
    } else {
      CheckFailure(found.status(), expected);
    }
    if (found.ok() || absl::IsNotFound(found.status())) {
      Remember(mount, row, prefix, name, shown);
    }
    Settle(mount, row, prefix, expected);
  }

  void ListSome(MountModel& mount, RowId row, const std::string& prefix) {
    RowId after = 0;
    size_t begin = 0;
    if (const auto state = mount.states->find(row); state != mount.states->end() && Pick(2) == 0) {
      const auto& rows = state->second.rows;
      if (!rows.empty()) {
        begin = static_cast<size_t>(Pick(static_cast<int>(rows.size())));
        after = ids_.at({row, rows[begin].order_key, rows[begin].item.version}).id;
        ++begin;
      }
    }
    const size_t most = Pick(2) == 0 ? SIZE_MAX : static_cast<size_t>(1 + Pick(4));
    std::vector<Row> rows;
    BeginOperation(&mount.recordings);
    const absl::Status status = mount.catalog->Children(row, after,
                                                        [&](const Row& each) {
                                                          rows.push_back(each);
                                                          return rows.size() < most;
                                                        },
                                                        {});
    EndOperation();
    Log(absl::StrCat("children of ", prefix, " of snapshot ", mount.catalog->snapshot(), " after ",
                     begin, ", at most ", most, " -> ", rows.size(), " ", status.ToString()));
    mount.touched.insert(row);
    AdoptLatest(mount, row);
    const Expected expected = Expect(mount, row, prefix);
    const std::vector<ModelRow>& shown = expected.shown.rows;
    ASSERT_LE(begin + rows.size(), shown.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      CheckRow(mount, rows[i], shown[begin + i], row, prefix);
      Remember(mount, row, prefix, rows[i].name, &shown[begin + i]);
    }
    if (!status.ok()) {
      CheckFailure(status, expected);
    } else if (rows.size() < most) {
      EXPECT_TRUE(expected.whole);
      EXPECT_EQ(begin + rows.size(), shown.size());
    }
    Settle(mount, row, prefix, expected);
  }

  void CheckFailure(const absl::Status& status, const Expected& expected) {
    EXPECT_FALSE(absl::IsNotFound(status)) << status;
    if (expected.unavailable && !failed()) {
      EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    }
    EXPECT_TRUE(expected.unavailable || failed()) << status;
  }

  void Remember(MountModel& mount, RowId row, const std::string& prefix, const std::string& name,
                const ModelRow* shown) {
    if (mount.states->contains(row)) return;
    Answers& answers = mount.answers[row];
    const int restarts = mount.recordings[prefix].restarts;
    if (answers.restarts != restarts) answers = {.restarts = restarts};
    answers.by_name[name] = shown == nullptr ? std::nullopt : std::optional<ModelRow>(*shown);
  }

  // After an operation: a directory that is whole now shows that for ever.
  void Settle(MountModel& mount, RowId row, const std::string& prefix, const Expected& expected) {
    if (!expected.whole) {
      if (disk_failed_) Forget(mount, prefix);
      return;
    }
    const bool is_new = !mount.states->contains(row);
    const bool was_listed = is_new && (mount.base == nullptr || !mount.base->contains(row));
    if (is_new) {
      const Answers& answers = mount.answers[row];
      if (answers.restarts == mount.recordings[prefix].restarts) {
        for (const auto& [name, answer] : answers.by_name) {
          const ModelRow* now = expected.shown.Find(name);
          ASSERT_EQ(now != nullptr, answer.has_value()) << name << " has changed";
          if (now == nullptr) continue;
          EXPECT_TRUE(AreEqual(*now, *answer)) << name << " has changed";
        }
      }
      if (was_listed) (*mount.states)[row] = expected.shown;
      mount.recordings.erase(prefix);
      mount.answers.erase(row);
    }
    if (was_listed && mount.is_now()) SetLatest(row, expected.shown);
    CheckWhole(mount, row, prefix, expected.shown);
  }

  // Its pages were not written down: the listing begins anew.
  static void Forget(MountModel& mount, const std::string& prefix) {
    const auto recording = mount.recordings.find(prefix);
    if (recording == mount.recordings.end()) return;
    recording->second.items.clear();
    recording->second.complete = false;
  }

  // All that is shown of a listed directory, without a request.
  void CheckWhole(MountModel& mount, RowId row, const std::string& prefix,
                  const ModelDirectory& shown) {
    const int requests = store_.requests();
    std::vector<Row> rows;
    CallContext fast;
    fast.lane = Lane::kFast;
    const absl::Status status = mount.catalog->Children(
        row, 0,
        [&](const Row& each) {
          rows.push_back(each);
          return true;
        },
        fast);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(rows.size(), shown.rows.size()) << prefix;
    for (size_t i = 0; i < rows.size(); ++i) {
      CheckRow(mount, rows[i], shown.rows[i], row, prefix);
      const auto found = mount.catalog->Lookup(row, rows[i].name, fast);
      ASSERT_TRUE(found.ok()) << rows[i].name << ": " << found.status();
      EXPECT_EQ(found->id, rows[i].id);
    }
    EXPECT_EQ(store_.requests(), requests);
  }

  struct KnownId {
    RowId id = 0;
    bool may_change = false;  // no listing that is kept may have had it for a while
  };

  void CheckRow(MountModel& mount, const Row& row, const ModelRow& shown, RowId directory,
                const std::string& prefix) {
    EXPECT_EQ(row.name, shown.name);
    EXPECT_EQ(row.is_directory, shown.is_directory) << row.name;
    EXPECT_EQ(row.version, shown.item.version) << row.name;
    EXPECT_EQ(row.size, shown.item.size) << row.name;
    EXPECT_EQ(row.parent, directory) << row.name;
    const std::string key = prefix + shown.order_key;
    EXPECT_EQ(mount.catalog->Key(row.id).value_or("none"), key);
    if (!row.is_directory) {
      EXPECT_EQ(row.key_name, shown.name == shown.order_key ? "" : shown.order_key);
    }
    const auto known =
        ids_.try_emplace({directory, shown.order_key, row.version}, KnownId{row.id}).first;
    if (known->second.id != row.id) {
      EXPECT_TRUE(known->second.may_change) << key << " had another id";
      known->second = {row.id};
    }
    if (!IsInLatest(directory, shown)) known->second.may_change = true;
    const auto meaning = meanings_.try_emplace(row.id, std::make_pair(key, row.version)).first;
    EXPECT_EQ(meaning->second, std::make_pair(key, row.version)) << "an id was used twice";
    if (row.is_directory && std::find(mount.directories.begin(), mount.directories.end(), row.id) ==
                                mount.directories.end()) {
      mount.directories.push_back(row.id);
    }
  }

  bool IsInLatest(RowId directory, const ModelRow& row) {
    const auto latest = latest_.find(directory);
    if (latest == latest_.end()) return true;  // nobody has listed it without
    return std::all_of(latest->second.begin(), latest->second.end(), [&](const auto& each) {
      return std::any_of(each.rows.begin(), each.rows.end(), [&](const ModelRow& other) {
        return other.order_key == row.order_key && other.item == row.item;
      });
    });
  }

  // The directory was listed by somebody as it is now.
  void SetLatest(RowId row, const ModelDirectory& shown) {
    latest_[row] = {shown};
    Excuse(row, shown);
  }
  void AddLatest(RowId row, const ModelDirectory& shown) {
    latest_[row].push_back(shown);
    Excuse(row, shown);
  }
  void Excuse(RowId row, const ModelDirectory& shown) {
    for (auto& entry : ids_) {
      const auto& key = entry.first;
      if (std::get<0>(key) != row) continue;
      const bool has = std::any_of(shown.rows.begin(), shown.rows.end(), [&](const ModelRow& each) {
        return each.order_key == std::get<1>(key) && each.item.version == std::get<2>(key);
      });
      if (!has) entry.second.may_change = true;
    }
  }

  void CheckIds() {
    auto catalog = OpenTestCatalog(lmdb_, store_);
    for (const auto& [id, meaning] : meanings_) {
      EXPECT_EQ(catalog->Key(id).value_or("none"), meaning.first);
      EXPECT_EQ(catalog->Get(id).value_or(Row()).version, meaning.second);
    }
  }

  const ModelDirectory* StateOf(MountModel& mount, RowId row) {
    if (const auto own = mount.states->find(row); own != mount.states->end()) return &own->second;
    if (mount.base == nullptr) return nullptr;
    const auto base = mount.base->find(row);
    return base == mount.base->end() ? nullptr : &base->second;
  }

  // A directory that was half read may be whole after a refresh.
  void SettleRead(MountModel& mount, RowId row, const std::string& prefix) {
    const auto recording = mount.recordings.find(prefix);
    if (recording == mount.recordings.end()) return;
    CallContext fast;
    fast.lane = Lane::kFast;
    const absl::Status whole = mount.catalog->Children(
        row, 0, [](const Row&) { return true; }, fast);
    if (!whole.ok()) {
      if (disk_failed_) Forget(mount, prefix);
      return;
    }
    ASSERT_TRUE(recording->second.complete) << prefix;
    disk_failed_ = false;
    Settle(mount, row, prefix, {Shown(recording->second.items, prefix), true});
  }

  void CheckTold(const std::set<std::pair<RowId, std::string>>& told, RowId row,
                 const ModelDirectory& old, const ModelDirectory& now) {
    const auto check = [&](const ModelDirectory& from, const ModelDirectory& to) {
      for (const ModelRow& each : from.rows) {
        const ModelRow* other = to.Find(each.name);
        if (other != nullptr && AreEqual(*other, each)) continue;
        EXPECT_TRUE(told.contains({row, each.name})) << "not told of " << each.name;
      }
    };
    check(old, now);
    check(now, old);
    const bool has_told =
        std::any_of(told.begin(), told.end(), [&](const auto& each) { return each.first == row; });
    if (AreEqual(old, now) && old.problems == now.problems) {
      EXPECT_FALSE(has_told) << "told of a directory that is the same";
    }
  }

  bool IsGone(MountModel& mount, RowId row) {
    if (row == kRootRow || !mount.states->at(row).rows.empty()) return false;
    if (mount.base != nullptr && mount.base->contains(row)) return false;
    const ModelDirectory* parent = StateOf(mount, mount.catalog->Get(row).value().parent);
    if (parent == nullptr) return false;
    const Row self = mount.catalog->Get(row).value();
    const ModelRow* shown = parent->Find(self.name);
    const bool is_shown = shown != nullptr && shown->is_directory &&
                          ids_.at({self.parent, shown->order_key, ""}).id == row;
    if (!is_shown) gone_.push_back(row);
    return !is_shown;
  }

  void CheckProblems(MountModel& mount) {
    const SnapshotInfo info = mount.catalog->Info();
    if (vague_.contains(info.number) || vague_.contains(info.base)) return;
    Log(absl::StrCat("problems of snapshot ", mount.catalog->snapshot()));
    std::multiset<std::string> expected;
    for (const auto& [row, state] : *mount.states) {
      expected.insert(state.problems.begin(), state.problems.end());
    }
    if (mount.base != nullptr) {
      for (const auto& [row, state] : *mount.base) {
        if (mount.states->contains(row)) continue;
        expected.insert(state.problems.begin(), state.problems.end());
      }
    }
    std::multiset<std::string> problems;
    for (const CatalogProblem& problem : mount.catalog->Problems()) {
      if (!problem.key.empty()) problems.insert(problem.key);  // not of a full disk
    }
    EXPECT_EQ(problems, expected);
  }

  std::mt19937_64 random_;
  const bool with_faults_;
  FaultyLmdb lmdb_;
  ModelStore store_;
  std::atomic<bool> disk_failed_ = false;
  std::vector<std::string> log_;
  std::vector<absl::Time> times_;
  std::vector<ModelBucket> moments_;  // of an index that is not finished
  std::vector<ModelBucket> failed_;   // of indexes that failed: some directories were listed
  std::map<uint64_t, std::shared_ptr<States>> snapshots_;
  std::set<uint64_t> vague_;  // which of two listings with the same rows it has is not known
  std::map<RowId, std::vector<ModelDirectory>> latest_;  // what the latest listing may be
  std::map<std::tuple<RowId, std::string, std::string>, KnownId> ids_;
  std::map<RowId, std::pair<std::string, std::string>> meanings_;  // key, version
  std::vector<RowId> gone_;
  std::vector<std::unique_ptr<MountModel>> mounts_;
};

}  // namespace annofs::testing
