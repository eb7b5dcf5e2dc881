// The fuzz target without a fuzzer: the corpus, and mutations of it that are the same in each run.
#include "tests/fuzz/response_fuzz.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/mutator.h"

namespace annofs::testing {
namespace {

constexpr int kMutations = 20'000;

std::vector<std::string> Corpus() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourcePath("tests/fuzz/corpus/response"))) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const std::string& path : paths) texts.push_back(ReadFile(path).value());
  return texts;
}

TEST(ResponseFuzzTest, EveryParserTakesTheCorpus) {
  const std::vector<std::string> corpus = Corpus();
  EXPECT_GE(corpus.size(), 20u);
  for (const std::string& text : corpus) FuzzResponse(text);
}

TEST(ResponseFuzzTest, EveryParserTakesMutationsOfTheCorpus) {
  const std::vector<std::string> corpus = Corpus();
  Mutator mutator(1, corpus);
  for (int i = 0; i < kMutations; ++i) {
    std::string text = corpus[i % corpus.size()];
    const char parser = text[0];
    text = parser + mutator.Mutate(text.substr(1));
    FuzzResponse(text);
  }
}

}  // namespace
}  // namespace annofs::testing
