// The fuzz targets of all that reads annotations: each takes any bytes without a crash, in bounded
// memory and time, and what it makes of them keeps its promises. Each function is a test of
// formats_test and a target of libFuzzer (README.md). It aborts, with the promise on stderr, where
// one is broken.
#pragma once

#include "absl/strings/string_view.h"

namespace annofs::testing {

// Parse and StreamJson, and that they agree. The first byte chooses how the text is cut in chunks.
void FuzzJson(absl::string_view input);

// ParseXml, and every reader of XML under a plain name.
void FuzzXml(absl::string_view input);

// A zip's directory and all of its entries.
void FuzzZip(absl::string_view input);

// ReadManifest.
void FuzzManifest(absl::string_view input);

// ParseConfiguration, and that a configuration as it is shown is the same one;
// ParseMachineConfiguration.
void FuzzConfig(absl::string_view input);

// Any reader of the table. The first byte chooses it, by its place in the order of names; the
// second how the rest is given to it: 'x', 'j', 'l', 'z' under a name with the ending xml, json,
// jsonl, zip; 'w' in a stored zip made of it, each file after a line "=== NAME".
void FuzzReader(absl::string_view input);
// How many readers there are.
size_t FuzzReaders();

}  // namespace annofs::testing
