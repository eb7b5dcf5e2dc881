// What the tests of the tree share: a bucket in memory with a cache directory of its own, mounted
// without a kernel; annotation sources made by hand; and the tree as a flat list.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "fs/filesystem.h"
#include "gtest/gtest.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {

// A deadline, so that no test hangs.
inline CallContext Soon(Lane lane = Lane::kSlow) {
  return {.deadline = absl::Now() + absl::Seconds(30), .lane = lane};
}

// An export "CVAT for images": a frame of each name; the first has one "car".
inline std::string ImagesXml(absl::string_view task, const std::vector<std::string>& frames,
                             absl::string_view box = "10.00") {
  std::string text =
      absl::StrCat("<annotations><version>1.1</version><meta><task><name>", task,
                   "</name><labels><label><name>car</name></label></labels></task></meta>\n");
  for (size_t i = 0; i < frames.size(); ++i) {
    absl::StrAppend(&text, "<image id=\"", i, "\" name=\"", frames[i],
                    "\" width=\"100\" height=\"50\">");
    if (i == 0) {
      absl::StrAppend(&text, "<box label=\"car\" occluded=\"0\" xtl=\"", box,
                      "\" ytl=\"10.00\" xbr=\"20.00\" ybr=\"20.00\" z_order=\"0\"></box>");
    }
    text += "</image>\n";
  }
  return text + "</annotations>\n";
}

// A cache directory and what is opened in it.
class Mounted {
 public:
  explicit Mounted(MemoryStore& store) : store_(store) { OpenCache(); }

  absl::Status Open(const FilesystemOptions& options = {}) {
    absl::StatusOr<std::unique_ptr<Filesystem>> opened =
        OpenFilesystem(store_, cache_, counters_, options, Soon());
    if (opened.ok()) filesystem_ = *std::move(opened);
    return opened.status();
  }
  // Ends this mount and opens the same cache directory again.
  absl::Status Again(const FilesystemOptions& options = {}) {
    filesystem_.reset();
    cache_ = CacheDir();
    OpenCache();
    return Open(options);
  }

  Filesystem& fs() { return *filesystem_; }
  CacheDir& cache() { return cache_; }
  // kNotFound and the like as the tree says.
  absl::StatusOr<NodeAttr> At(absl::string_view path) {
    return Resolve(*filesystem_, path, Soon());
  }
  absl::StatusOr<std::string> Bytes(NodeId node, ByteRange range) {
    std::string bytes;
    absl::Status status = filesystem_->Read(
        node, range, [&](Pieces data) { bytes = Join(data); }, Soon());
    if (!status.ok()) return status;
    return bytes;
  }
  std::string Text(absl::string_view path) {
    absl::StatusOr<NodeAttr> attr = At(path);
    EXPECT_TRUE(attr.ok()) << path << ": " << attr.status();
    if (!attr.ok()) return "";
    absl::StatusOr<std::string> text = Bytes(attr->id, {0, attr->size + 100});
    EXPECT_TRUE(text.ok()) << path << ": " << text.status();
    return text.value_or("");
  }
  absl::StatusOr<std::vector<std::string>> Names(absl::string_view path) {
    absl::StatusOr<NodeAttr> attr = At(path);
    if (!attr.ok()) return attr.status();
    std::vector<std::string> names;
    absl::Status status = filesystem_->List(
        attr->id, 0,
        [&](const DirEntry& entry) {
          names.emplace_back(entry.name);
          return true;
        },
        Soon());
    if (!status.ok()) return status;
    return names;
  }

 private:
  void OpenCache() {
    absl::StatusOr<CacheDir> cache =
        OpenCacheDir({.path = directory_ / "cache", .block_bytes = uint64_t{16} << 20});
    ASSERT_TRUE(cache.ok()) << cache.status();
    cache_ = *std::move(cache);
  }

  MemoryStore& store_;
  TempDir directory_;
  Counters counters_;
  CacheDir cache_;
  std::unique_ptr<Filesystem> filesystem_;
};

// One entry of a listing, with a name of its own.
struct TreeEntry {
  std::string name;
  NodeAttr attr;
  uint64_t next = 0;
  bool has_size = true;
};

inline absl::StatusOr<std::vector<TreeEntry>> ListFrom(Tree& tree, NodeId directory, uint64_t from,
                                                       size_t most = SIZE_MAX) {
  std::vector<TreeEntry> entries;
  absl::Status status = tree.List(
      directory, from,
      [&](const DirEntry& entry) {
        entries.push_back({std::string(entry.name), entry.attr, entry.next, entry.has_size});
        return entries.size() < most;
      },
      Soon());
  if (!status.ok()) return status;
  return entries;
}

// Everything below `directory` by path; directories end with '/'. Sizes that a listing does not
// tell are asked for.
using Paths = std::map<std::string, NodeAttr>;
inline void Walk(Tree& tree, NodeId directory, absl::string_view path, Paths& paths) {
  absl::StatusOr<std::vector<TreeEntry>> entries = ListFrom(tree, directory, 0);
  ASSERT_TRUE(entries.ok()) << path << ": " << entries.status();
  for (const TreeEntry& entry : *entries) {
    std::string inner = JoinPath(path, entry.name);
    if (entry.attr.is_directory) {
      paths[inner + "/"] = entry.attr;
      Walk(tree, entry.attr.id, inner, paths);
    } else {
      absl::StatusOr<NodeAttr> attr = entry.attr;
      if (!entry.has_size) attr = tree.Stat(entry.attr.id, Soon());
      ASSERT_TRUE(attr.ok()) << inner << ": " << attr.status();
      paths[inner] = *attr;
    }
  }
}
inline Paths WholeTree(Tree& tree) {
  Paths paths;
  Walk(tree, kRootNode, "", paths);
  return paths;
}

inline bool SameAttr(const NodeAttr& a, const NodeAttr& b) {
  return a.id == b.id && a.is_directory == b.is_directory && a.size == b.size &&
         a.modified == b.modified && a.links == b.links && a.lifetime == b.lifetime;
}

}  // namespace annofs::testing
