// The arrows of the architecture, checked on the #include lines of the whole tree:
//
//   tools -> fs -> { formats, cache }   cache -> cache/store -> cache/base   formats -> cache/base
//
// with the program parts fs/fuse and tools/emulator as folders of their own, and nothing but tests
// including tests. Libraries that only one folder may know are checked the same way.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;  // path from the root -> text

struct Include {
  int line = 0;
  std::string target;
};

struct Layer {
  std::string folder;
  std::set<std::string> may_include;  // besides itself
};

// Longer folders first: the first that a path starts with is its layer.
const std::vector<Layer>& Layers() {
  static const auto* const layers = new std::vector<Layer>{
      {"cache/base", {}},
      {"cache/store", {"cache/base"}},
      {"tools/emulator", {"cache/base"}},
      {"fs/fuse", {"fs", "formats", "cache", "cache/store", "cache/base"}},
      {"cache", {"cache/store", "cache/base"}},
      {"formats", {"cache/base"}},
      {"fs", {"formats", "cache", "cache/store", "cache/base"}},
      {"tools", {"fs/fuse", "fs", "formats", "cache", "cache/store", "cache/base"}},
      {"tests",
       {"tools/emulator", "tools", "fs/fuse", "fs", "formats", "cache", "cache/store",
        "cache/base"}},
  };
  return *layers;
}

// Headers of libraries, by how they start, and the folders that may include them.
const std::map<std::string, std::set<std::string>>& LibraryHeaders() {
  static const auto* const headers = new std::map<std::string, std::set<std::string>>{
      {"fuse", {"fs/fuse", "tests"}},
      {"lmdb.h", {"cache", "tests"}},
      {"sqlite3.h", {"tools", "tests"}},
      {"curl/", {"cache/store", "tests"}},
      {"microhttpd.h", {"tools/emulator", "tools", "tests"}},
  };
  return *headers;
}

// nullptr: not of this project.
const Layer* LayerOf(absl::string_view path) {
  for (const Layer& layer : Layers()) {
    if (absl::StartsWith(path, layer.folder + "/")) return &layer;
  }
  return nullptr;
}

// "x" of a line `#include "x"` or `#include <x>`, else "".
std::string IncludeTarget(absl::string_view line) {
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "#")) return "";
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "include")) return "";
  line = absl::StripLeadingAsciiWhitespace(line);
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return "";
  const char close = line[0] == '"' ? '"' : '>';
  return std::string(line.substr(1, line.find(close, 1) - 1));
}

std::vector<Include> IncludesOf(absl::string_view text) {
  std::vector<Include> includes;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    std::string target = IncludeTarget(line);
    if (!target.empty()) includes.push_back({.line = number, .target = std::move(target)});
  }
  return includes;
}

std::string At(const std::string& path, int line) { return absl::StrCat(path, ":", line, ": "); }

std::vector<std::string> WrongArrows(const Files& files) {
  std::vector<std::string> wrong;
  for (const auto& [path, text] : files) {
    const Layer* from = LayerOf(path);
    for (const auto& [line, target] : IncludesOf(text)) {
      const Layer* to = LayerOf(target);
      if (from == nullptr || to == nullptr || to == from) continue;
      if (from->may_include.count(to->folder) > 0) continue;
      wrong.push_back(absl::StrCat(At(path, line), from->folder, " may not include ", target));
    }
  }
  return wrong;
}

std::vector<std::string> WrongLibraries(const Files& files) {
  std::vector<std::string> wrong;
  for (const auto& [path, text] : files) {
    const Layer* from = LayerOf(path);
    for (const auto& [line, target] : IncludesOf(text)) {
      for (const auto& [start, folders] : LibraryHeaders()) {
        if (!absl::StartsWith(target, start) || folders.count(from->folder) > 0) continue;
        wrong.push_back(absl::StrCat(At(path, line), from->folder, " may not include ", target));
      }
    }
  }
  return wrong;
}

// "struct NAME {" at the start of a line: the name, else "". Types in other types are indented.
std::string DefinedType(absl::string_view line) {
  for (absl::string_view kind : {"struct ", "class ", "enum class "}) {
    if (!absl::ConsumePrefix(&line, kind)) continue;
    const size_t end = line.find_first_of(" :{;");
    const bool is_definition = end != line.npos && absl::StrContains(line, "{");
    return is_definition ? std::string(line.substr(0, end)) : "";
  }
  return "";
}

// Two types of one name in one program are one to the linker, which keeps the functions of either.
// Those of tests are in programs of their own.
std::vector<std::string> TypesOfOneName(const Files& files) {
  std::map<std::string, std::string> where;  // "namespace::Name" -> path
  std::vector<std::string> twice;
  for (const auto& [path, text] : files) {
    if (!absl::EndsWith(path, ".h") || absl::StartsWith(path, "tests/")) continue;
    std::string space;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      if (absl::ConsumePrefix(&line, "namespace "))
        space = std::string(line.substr(0, line.find(' ')));
      const std::string name = DefinedType(line);
      if (name.empty()) continue;
      const auto [first, is_new] = where.emplace(absl::StrCat(space, "::", name), path);
      if (!is_new) twice.push_back(absl::StrCat(first->first, ": ", first->second, " and ", path));
    }
  }
  return twice;
}

// Walks the includes depth first; an include of a file that is still open closes a cycle.
class CycleFinder {
 public:
  explicit CycleFinder(const Files& files) {
    for (const auto& [path, text] : files) includes_[path] = IncludesOf(text);
  }

  std::vector<std::string> Find() {
    for (const auto& [path, includes] : includes_) Visit(path);
    return cycles_;
  }

 private:
  void Visit(const std::string& path) {
    if (!visited_.insert(path).second) return;
    open_.push_back(path);
    for (const auto& [line, target] : includes_[path]) {
      const auto start = std::find(open_.begin(), open_.end(), target);
      if (start != open_.end()) {
        cycles_.push_back(absl::StrCat(At(path, line), "include cycle: ",
                                       absl::StrJoin(start, open_.end(), " -> "), " -> ", target));
      } else if (includes_.count(target) > 0) {
        Visit(target);
      }
    }
    open_.pop_back();
  }

  std::map<std::string, std::vector<Include>> includes_;
  std::set<std::string> visited_;
  std::vector<std::string> open_;
  std::vector<std::string> cycles_;
};

bool IsSource(const std::string& path) {
  return LayerOf(path) != nullptr && (absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc"));
}

const Files& Tree() {
  static const auto* const tree = [] {
    auto* files = new Files;
    for (const char* folder : {"cache", "formats", "fs", "tools", "tests"}) {
      const std::string root = ::annofs::testing::SourcePath(folder);
      for (const std::string& name : testing::ListTree(root).value_or(std::vector<std::string>())) {
        const std::string path = absl::StrCat(folder, "/", name);
        if (IsSource(path)) (*files)[path] = testing::ReadFile(root + "/" + name).value_or("");
      }
    }
    return files;
  }();
  return *tree;
}

TEST(LayersTest, TheWholeTreeIsRead) {
  for (const char* path : {"cache/base/status.h", "cache/store/object_store.h", "cache/catalog.h",
                           "formats/reader.h", "tests/layers/layers_test.cc"}) {
    EXPECT_THAT(Tree().count(path) > 0 ? Tree().at(path) : "", ::testing::HasSubstr("#include"));
  }
}

TEST(LayersTest, EveryIncludeFollowsAnArrow) { EXPECT_THAT(WrongArrows(Tree()), IsEmpty()); }

TEST(LayersTest, EachLibraryIsKnownWhereItBelongs) {
  EXPECT_THAT(WrongLibraries(Tree()), IsEmpty());
}

TEST(LayersTest, NoFileIncludesItselfThroughOthers) {
  EXPECT_THAT(CycleFinder(Tree()).Find(), IsEmpty());
}

TEST(LayersTest, NoTwoHeadersDefineOneType) { EXPECT_THAT(TypesOfOneName(Tree()), IsEmpty()); }

TEST(LayersCheckerTest, TypesOfOneNameAreNamedWithTheirFiles) {
  const Files files = {{"a/x.h", "namespace n {\nstruct Same {\n  struct Inner {\n"},
                       {"a/y.h", "namespace n {\nclass Other;\nenum class Same : int {\n"},
                       {"a/z.h", "namespace m {\nclass Same : public Base {\n"},
                       {"a/w.h", "namespace n {\nstruct Inner {\nclass Same;\n"},
                       {"a/y.cc", "namespace n {\nstruct Same {\n"},
                       {"tests/x.h", "namespace n {\nstruct Same {\n"}};
  EXPECT_THAT(TypesOfOneName(files), ElementsAre("n::Same: a/x.h and a/y.h"));
}

TEST(LayersCheckerTest, AWrongArrowIsNamedWithFileAndLine) {
  EXPECT_THAT(WrongArrows({{"cache/a.cc",
                            "// text\n#include \"cache/base/text.h\"\n"
                            "#include \"fs/tree.h\"\n"}}),
              ElementsAre("cache/a.cc:3: cache may not include fs/tree.h"));
}

TEST(LayersCheckerTest, EachForbiddenArrowIsSeen) {
  const std::vector<std::pair<std::string, std::string>> forbidden = {
      {"cache/base", "cache/store"},
      {"cache/base", "cache"},
      {"cache/base", "formats"},
      {"cache/store", "cache"},
      {"cache", "formats"},
      {"cache", "fs"},
      {"formats", "cache"},
      {"formats", "cache/store"},
      {"formats/readers", "fs"},
      {"fs", "tools"},
      {"fs", "fs/fuse"},
      {"tools/emulator", "cache"},
      {"tools", "tools/emulator"},
      {"tools", "tests"},
      {"cache", "tests"},
  };
  for (const auto& [from, to] : forbidden) {
    const Files files = {{from + "/a.h", absl::StrCat("#include \"", to, "/b.h\"")}};
    EXPECT_EQ(WrongArrows(files).size(), 1u) << from << " -> " << to;
  }
}

TEST(LayersCheckerTest, TheArrowsOfTheArchitectureAreAllowed) {
  const std::vector<std::pair<std::string, std::string>> allowed = {
      {"cache/store", "cache/base"},
      {"cache", "cache/store"},
      {"formats/writers", "formats"},
      {"formats", "cache/base"},
      {"fs", "formats"},
      {"fs", "cache"},
      {"fs/fuse", "fs"},
      {"tools", "fs/fuse"},
      {"tools", "cache/base"},
      {"tests/fs", "fs"},
      {"tests", "tools"},
      {"fs", "fs"},
      {"fs", "absl/strings"},
  };
  for (const auto& [from, to] : allowed) {
    const Files files = {{from + "/a.h", absl::StrCat("#include \"", to, "/b.h\"")}};
    EXPECT_THAT(WrongArrows(files), IsEmpty()) << from << " -> " << to;
  }
}

TEST(LayersCheckerTest, IncludesAreSeenHoweverTheyAreWritten) {
  EXPECT_EQ(IncludeTarget("#include \"a.h\"  // why"), "a.h");
  EXPECT_EQ(IncludeTarget("  #  include<b/c.h>"), "b/c.h");
  EXPECT_EQ(IncludeTarget("// #include \"a.h\""), "");
  EXPECT_EQ(IncludeTarget("#define include \"a.h\""), "");
}

TEST(LayersCheckerTest, ALibraryInTheWrongFolderIsNamed) {
  EXPECT_THAT(WrongLibraries({{"fs/a.cc", "#include <fuse3/fuse_lowlevel.h>"},
                              {"fs/fuse/a.cc", "#include <fuse_lowlevel.h>"},
                              {"cache/a.cc", "#include \"cache/lmdb.h\"\n#include <lmdb.h>"},
                              {"formats/a.cc", "\n#include <lmdb.h>"}}),
              ElementsAre("formats/a.cc:2: formats may not include lmdb.h",
                          "fs/a.cc:1: fs may not include fuse3/fuse_lowlevel.h"));
}

TEST(LayersCheckerTest, ACycleIsNamedWithFileLineAndWay) {
  const Files files = {{"fs/a.h", "#include \"fs/b.h\""},
                       {"fs/b.h", "\n#include \"fs/c.h\""},
                       {"fs/c.h", "\n\n#include \"fs/b.h\""},
                       {"fs/d.cc", "#include \"fs/a.h\""}};
  EXPECT_THAT(CycleFinder(files).Find(),
              ElementsAre("fs/c.h:3: include cycle: fs/b.h -> fs/c.h -> fs/b.h"));
}

TEST(LayersCheckerTest, AHeaderThatManyIncludeIsNoCycle) {
  EXPECT_THAT(CycleFinder({{"fs/a.h", "#include \"fs/c.h\"\n#include \"fs/b.h\""},
                           {"fs/b.h", "#include \"fs/c.h\""},
                           {"fs/c.h", ""}})
                  .Find(),
              IsEmpty());
}

TEST(LayersCheckerTest, AFileThatIncludesItselfIsACycle) {
  const Files files = {{"fs/a.h", "#include \"fs/a.h\""}};
  EXPECT_EQ(CycleFinder(files).Find().size(), 1u);
}

}  // namespace
}  // namespace annofs
