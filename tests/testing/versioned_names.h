// The names of a bucket with all their versions, listed as B2 lists them: what the stores in memory
// are made of. Not thread safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/store/object_store.h"

namespace annofs::testing {

class VersionedNames {
 public:
  // The newest version of its key. REQUIRES: not earlier than the versions before.
  void Put(ObjectVersion object, absl::Time uploaded);
  // The newest version of the key is a hide marker, called `version`. REQUIRES: as Put.
  void Hide(absl::string_view key, absl::string_view version, absl::Time uploaded);
  // Removes one version or marker: what was below it is the newest then. Does nothing if there is
  // none.
  void RemoveVersion(absl::string_view key, absl::string_view version);
  // Removes all versions of the key.
  void Remove(absl::string_view key);

  // ObjectStore::List. With `at`, every name counts for the size of the page, also those that were
  // not there then, and a directory appears if there ever was a name in it: a page may be empty and
  // not the last.
  absl::StatusOr<ListPage> Page(const ListRequest& request) const;

 private:
  struct Version {
    ObjectVersion object;
    absl::Time uploaded;
    bool is_marker = false;
  };
  using Names = std::map<std::string, std::vector<Version>, std::less<>>;  // oldest first

  static const ObjectVersion* Newest(const std::vector<Version>& versions,
                                     const ListRequest& request);
  Names::const_iterator Begin(const ListRequest& request) const;
  bool Shows(absl::string_view directory, const ListRequest& request) const;

  Names names_;
};

}  // namespace annofs::testing
