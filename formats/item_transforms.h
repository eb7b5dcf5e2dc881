// The transforms that CVAT's exporters put before Datumaro's (reference/cvat.md §9.2 step 5); each
// changes the item's annotations in place. Pure. What cannot be drawn (an image of unknown or
// absurd size, no points) leaves the list: the writers say so in WhyDropped. Their order matters:
//   RotatedBoxesToPolygons, PolygonsToMasks, BoxesToMasks, EllipsesToMasks, MergeInstances
#pragma once

#include "formats/item.h"

namespace annofs {

void RotatedBoxesToPolygons(Item& item);  // Rot
void PolygonsToMasks(Item& item);         // P2M
void BoxesToMasks(Item& item);            // B2M
void EllipsesToMasks(Item& item);         // Ell
void MergeInstances(Item& item);          // Merge; of masks alone: polygons must be some by then
void MasksToPolygons(Item& item);         // M2P
void KeepTracks(Item& item);              // of MOTS: only annotations with track_id

// Rot → P2M → B2M → Ell → Merge.
void EverythingToMasks(Item& item);

}  // namespace annofs
