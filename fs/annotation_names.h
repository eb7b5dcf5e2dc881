// What the names of objects and directories tell of annotations (design/product.md §4;
// reference/cvat.md §8). Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// A directory where annotations are looked for: its name contains annotation, cvat, label, export,
// backup or dataset, in any case.
bool IsTellingDirectory(absl::string_view name);
// Any JSON file in it may be one of annotations: a telling directory, or "INPUT".
bool MayHoldAnyJson(absl::string_view directory_name);

// What an object's name says; whether it is one, a probe tells.
enum class Likelihood : uint8_t {
  kNone,
  kMaybe,   // of a kind that annotations are written as: "a.xml", "a.jsonl"
  kLikely,  // and called so: a zip, "annotations.xml", "instances_val.json", "manifest.jsonl"
};
Likelihood AnnotationLikeness(absl::string_view name, bool holds_any_json);

// A name that only annotations have: "annotations.xml", "instances_val.json", "manifest.jsonl", and
// zips that are called a backup.
bool IsUnmistakable(absl::string_view name);

// Whether an object may be read with a source beside it: images and label files, of which a
// directory may have a million, are not.
bool MayBeCompanion(absl::string_view name);

// CVAT's number in a file name that CVAT made up (§8, §6): "task 12" of
// "task_12_annotations_2024_06_20_10_11_12_coco 1.0.zip" and of
// "task-12-dataset-instance1718871072.5-coco_10.zip"; empty if it is no such name.
std::string NumberInName(absl::string_view name);

}  // namespace annofs
