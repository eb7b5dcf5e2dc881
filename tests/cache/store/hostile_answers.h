// Answers that no honest server gives: good ones, damaged by chance, or told with lies about their
// length, their form, or where to go instead. The same for the same seed. Not thread safe.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/testing/mutator.h"

namespace annofs::testing {

struct HonestAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // without Content-Length
  std::string body;
};

class HostileAnswers {
 public:
  // `decoy`: the URL of a server that nobody should ever ask.
  HostileAnswers(uint64_t seed, std::vector<std::string> others, std::string decoy)
      : mutator_(seed, std::move(others)), decoy_(std::move(decoy)) {}

  // The bytes of one answer.
  std::string Spoil(HonestAnswer answer);

 private:
  std::string Lie(HonestAnswer answer);
  std::string Chunked(const HonestAnswer& answer);
  std::string Flood();

  Mutator mutator_;
  const std::string decoy_;
};

}  // namespace annofs::testing
