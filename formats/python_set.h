// The order in which Python goes through a set of small numbers: CVAT's lists of labels follow it
// (reference/cvat.md §9.4 "ImageNet"). Source: CPython's Objects/setobject.c, a hash table with
// open addressing in which a number is its own hash. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace annofs {

// The different numbers in the order of set(inserted).
std::vector<uint32_t> PythonSetOrder(const std::vector<uint32_t>& inserted);

}  // namespace annofs
