// An object store of millions of names that costs no memory for them: each is computed from its
// rank. For measurements of what is above cache/store, and for tests that need many names. The
// names, versions, sizes and times are those that cameras and uploads leave, with random parts, so
// that they can be packed no better than real ones; the same in every process. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cache/store/object_store.h"

namespace annofs::testing {

// What the bucket holds. All names of objects have 40 bytes:
//   batch_0012/clip_0012345_9f81c02e/cam_03_1673481600123_0d42c9a1f77e6b3.jpg
//   flat_001000000/cam_05_1603223344556_77b1c0935ae2d4f.jpg
struct SyntheticShape {
  uint64_t objects = 0;        // spread evenly over `directories`, at least one in each
  uint64_t directories = 0;    // in batches of 1,000; at most 9,999,999
  std::vector<uint64_t> flat;  // objects of further directories in the root; ascending, not 0
};

class SyntheticStore : public ObjectStore {
 public:
  explicit SyntheticStore(SyntheticShape shape);

  // All objects, those of flat directories included.
  uint64_t objects() const { return objects_; }
  // The key of that rank in byte order. REQUIRES: rank < objects().
  std::string Key(uint64_t rank) const;
  // The whole directory part of the key of that rank, with the final '/'.
  std::string DirectoryKey(uint64_t rank) const;
  // The rank of the first object of each directory that has objects, in byte order.
  std::vector<uint64_t> FirstRanks() const;

  // What was asked so far: calls of List, and names in their answers.
  uint64_t lists() const { return lists_; }
  uint64_t names() const { return names_; }

  // Keeps no versions: kUnimplemented for `at`. Pages have at most 10,000 names.
  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  // There are names only: kUnimplemented.
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override { return context.Check(); }
  std::string name() const override;

 private:
  // A directory of objects, and what its objects have in common.
  struct Directory {
    std::string key;
    uint64_t first = 0;  // rank of its first object
    uint64_t count = 0;
    int camera = 0;
    int64_t captured = 0;  // milliseconds: about when the first of them was taken
    int64_t uploaded = 0;  // milliseconds: about when the first of them was uploaded
  };

  Directory DirectoryOf(uint64_t rank) const;
  Directory NestedDirectory(uint64_t rank) const;
  Directory FlatDirectory(uint64_t rank) const;
  void AppendName(const Directory& directory, uint64_t rank, std::string& text) const;
  void AppendVersion(const Directory& directory, uint64_t rank, std::string& text) const;
  ObjectVersion ObjectOf(const Directory& directory, uint64_t rank) const;
  // The first rank whose key is not less than `key`.
  uint64_t LowerBound(absl::string_view key) const;
  ListPage PageOf(const ListRequest& request) const;

  const SyntheticShape shape_;
  uint64_t objects_ = 0;
  std::atomic<uint64_t> lists_{0};
  std::atomic<uint64_t> names_{0};
};

}  // namespace annofs::testing
