// The fuzz targets without a fuzzer: the corpora, and mutations of them that are the same in each
// run.
#include "tests/fuzz/ingest_fuzz.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/mutator.h"

namespace annofs::testing {
namespace {

// In the order of names.
std::vector<std::string> Corpus(absl::string_view target) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(
           absl::StrCat(SourcePath("tests/fuzz/corpus"), "/", target))) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const std::string& path : paths) texts.push_back(ReadFile(path).value());
  return texts;
}

struct Target {
  const char* corpus;
  void (*run)(absl::string_view);
  int mutations;
};

class IngestFuzzTest : public ::testing::TestWithParam<Target> {};

TEST_P(IngestFuzzTest, TakesTheCorpus) {
  const std::vector<std::string> corpus = Corpus(GetParam().corpus);
  EXPECT_GE(corpus.size(), 5u);
  for (const std::string& text : corpus) GetParam().run(text);
}

TEST_P(IngestFuzzTest, TakesEachTextOfTheCorpusCutAnywhere) {
  for (const std::string& text : Corpus(GetParam().corpus)) {
    for (size_t part = 0; part < 100; ++part)
      GetParam().run(text.substr(0, text.size() * part / 100));
  }
}

TEST_P(IngestFuzzTest, TakesMutationsOfTheCorpus) {
  const std::vector<std::string> corpus = Corpus(GetParam().corpus);
  Mutator mutator(1, corpus);
  for (int i = 0; i < GetParam().mutations; ++i) {
    GetParam().run(mutator.Mutate(corpus[i % corpus.size()]));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, IngestFuzzTest,
                         ::testing::Values(Target{"json", FuzzJson, 3000},
                                           Target{"xml", FuzzXml, 1500},
                                           Target{"zip", FuzzZip, 3000},
                                           Target{"manifest", FuzzManifest, 3000},
                                           Target{"config", FuzzConfig, 20000}),
                         [](const auto& info) { return std::string(info.param.corpus); });

TEST(ReaderFuzzTest, EveryReaderTakesTheWholeCorpus) {
  const std::vector<std::string> corpus = Corpus("reader");
  EXPECT_GE(corpus.size(), 20u);
  for (std::string text : corpus) {
    for (size_t reader = 0; reader < FuzzReaders(); ++reader) {
      text[0] = static_cast<char>(reader);
      FuzzReader(text);
    }
  }
}

TEST(ReaderFuzzTest, EveryReaderTakesMutationsOfTheCorpus) {
  const std::vector<std::string> corpus = Corpus("reader");
  Mutator mutator(2, corpus);
  for (int i = 0; i < 3000; ++i) {
    const std::string& seed = corpus[i % corpus.size()];
    const char reader = static_cast<char>(mutator.Draw(FuzzReaders()));
    FuzzReader(
        absl::StrCat(std::string(1, reader), seed.substr(1, 1), mutator.Mutate(seed.substr(2))));
  }
}

}  // namespace
}  // namespace annofs::testing
