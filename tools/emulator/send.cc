#include "tools/emulator/send.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace annofs::emulator {
namespace {

// Up to here header and body leave in one write; beyond, the kernel copies from file to socket.
constexpr uint64_t kSmallBody = 64 << 10;
constexpr size_t kCutBlock = 16 << 10;

MHD_Response* FromText(const std::string& text) {
  return MHD_create_response_from_buffer(text.size(), const_cast<char*>(text.data()),
                                         MHD_RESPMEM_MUST_COPY);
}

MHD_Response* FromSmallFile(const FileSlice& slice) {
  auto* bytes = static_cast<char*>(malloc(std::max<uint64_t>(slice.length, 1)));
  if (bytes == nullptr || !ReadSlice(slice, 0, slice.length, bytes)) {
    free(bytes);
    return nullptr;
  }
  return MHD_create_response_from_buffer(slice.length, bytes, MHD_RESPMEM_MUST_FREE);
}

void FreeSlice(void* slice) { delete static_cast<TextSlice*>(slice); }

// The bytes are shared, not copied.
MHD_Response* FromSlice(TextSlice& slice) {
  auto* kept = new TextSlice(std::move(slice));
  void* bytes = const_cast<char*>(kept->text->data() + kept->offset);
  return MHD_create_response_from_buffer_with_free_callback_cls(kept->length, bytes, &FreeSlice,
                                                                kept);
}

MHD_Response* FromBody(Body& body) {
  if (auto* text = std::get_if<std::string>(&body)) return FromText(*text);
  if (auto* slice = std::get_if<TextSlice>(&body)) return FromSlice(*slice);
  auto& slice = std::get<FileSlice>(body);
  if (slice.length <= kSmallBody) return FromSmallFile(slice);
  MHD_Response* response =
      MHD_create_response_from_fd_at_offset64(slice.length, slice.file.get(), slice.offset);
  if (response != nullptr) slice.file.Release();  // closed with the response
  return response;
}

// A body that breaks off.
struct CutBody {
  Body body;
  uint64_t end = 0;
};

ssize_t ReadCut(void* state, uint64_t position, char* buffer, size_t room) {
  auto& cut = *static_cast<CutBody*>(state);
  uint64_t length = std::min<uint64_t>(room, cut.end - std::min(cut.end, position));
  if (length == 0) return MHD_CONTENT_READER_END_WITH_ERROR;
  if (auto* text = std::get_if<std::string>(&cut.body)) {
    memcpy(buffer, text->data() + position, length);
    return static_cast<ssize_t>(length);
  }
  if (auto* slice = std::get_if<TextSlice>(&cut.body)) {
    memcpy(buffer, slice->text->data() + slice->offset + position, length);
    return static_cast<ssize_t>(length);
  }
  bool read = ReadSlice(std::get<FileSlice>(cut.body), position, length, buffer);
  return read ? static_cast<ssize_t>(length) : MHD_CONTENT_READER_END_WITH_ERROR;
}

void FreeCut(void* state) { delete static_cast<CutBody*>(state); }

MHD_Response* FromCut(Body body, uint64_t end) {
  uint64_t size = BodySize(body);
  auto* state = new CutBody{.body = std::move(body), .end = end};
  return MHD_create_response_from_callback(size, kCutBlock, &ReadCut, state, &FreeCut);
}

MHD_Response* ResponseOf(Reply& reply) {
  bool cut = reply.cut_after && *reply.cut_after < BodySize(reply.body);
  return cut ? FromCut(std::move(reply.body), *reply.cut_after) : FromBody(reply.body);
}

}  // namespace

MHD_Result Send(MHD_Connection* connection, Reply reply) {
  if (reply.hang_up) return MHD_NO;
  MHD_Response* response = ResponseOf(reply);
  if (response == nullptr) return MHD_NO;
  for (const auto& [name, value] : reply.headers) {
    MHD_add_response_header(response, name.c_str(), value.c_str());
  }
  MHD_Result result = MHD_queue_response(connection, static_cast<unsigned>(reply.status), response);
  MHD_destroy_response(response);
  return result;
}

}  // namespace annofs::emulator
