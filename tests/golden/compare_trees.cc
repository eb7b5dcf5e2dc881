#include "tests/golden/compare_trees.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "tests/golden/compare_files.h"
#include "tests/golden/sly_keys.h"

namespace annofs::testing {
namespace {

std::vector<Difference> CompareFiles(const std::string& path, absl::string_view golden,
                                     absl::string_view ours) {
  FileDifferences out(path);
  const absl::string_view extension = Extension(path);
  if (extension == ".json") {
    CompareJson(golden, ours, out);
  } else if (extension == ".xml") {
    CompareXml(golden, ours, out);
  } else if (extension == ".png") {
    ComparePng(golden, ours, out);
  } else if (extension == ".bmp") {
    CompareBmp(golden, ours, out);
  } else {
    CompareText(golden, ours, out);
  }
  return out.Take();
}

}  // namespace

std::vector<Difference> CompareTrees(FileTree golden, FileTree ours) {
  NumberSlyKeys(golden);
  NumberSlyKeys(ours);
  std::vector<Difference> all;
  for (const auto& [path, text] : golden) {
    const auto found = ours.find(path);
    if (found == ours.end()) {
      all.push_back({path, "file", "missing"});
      continue;
    }
    std::vector<Difference> some = CompareFiles(path, text, found->second);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  for (const auto& [path, text] : ours) {
    if (!golden.contains(path)) {
      all.push_back({path, "file", absl::StrCat("only ours, ", text.size(), " bytes")});
    }
  }
  return all;
}

}  // namespace annofs::testing
