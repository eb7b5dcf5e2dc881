// An image that lies, stored as it is, in a zip of the bucket (formats/model.h: InnerMedia), read
// as a range of the zip object: nothing is unpacked, nothing is copied. Stateless.
#pragma once

#include "absl/status/status.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "cache/object_reader.h"
#include "formats/model.h"

namespace annofs {

// Calls `fn` once with the bytes of `range`, cut at the end of the image, as ObjectReader::Read()
// does; so on the fast lane WouldBlock() where a block is missing. The first read of an image asks
// for its local header and its bytes together: one request. The entry's CRC is of the whole and is
// not checked: a range must not cost the rest; the zip's own digest is, where all of it is fetched.
// kDataLoss, and a log line: at that place stands no header, or the image would go on behind the
// end of the zip.
absl::Status ReadInnerMedia(ObjectReader& reader, const ObjectVersion& zip, const InnerMedia& media,
                            ByteRange range, PiecesFn fn, const CallContext& context);

}  // namespace annofs
