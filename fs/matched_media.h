// What the matcher found for a frame.
#pragma once

#include <string>

#include "cache/catalog.h"
#include "formats/model.h"

namespace annofs {

struct MatchedMedia {
  RowId row = 0;
  std::string version;  // of the object: makes the dataset's id the same on every host
  Media media;
};

}  // namespace annofs
