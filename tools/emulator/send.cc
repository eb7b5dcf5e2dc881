#include "tools/emulator/send.h"

#include <unistd.h>

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

// Reads into `out`; false if the file has become shorter.
bool ReadAll(const FileSlice& slice, uint64_t from, uint64_t length, char* out) {
  uint64_t done = 0;
  while (done < length) {
    ssize_t got = pread(slice.file.get(), out + done, length - done,
                        static_cast<off_t>(slice.offset + from + done));
    if (got <= 0) return false;
    done += static_cast<uint64_t>(got);
  }
  return true;
}

MHD_Response* FromText(const std::string& text) {
  return MHD_create_response_from_buffer(text.size(), const_cast<char*>(text.data()),
                                         MHD_RESPMEM_MUST_COPY);
}

MHD_Response* FromSmallFile(const FileSlice& slice) {
  auto* bytes = static_cast<char*>(malloc(std::max<uint64_t>(slice.length, 1)));
  if (bytes == nullptr || !ReadAll(slice, 0, slice.length, bytes)) {
    free(bytes);
    return nullptr;
  }
  return MHD_create_response_from_buffer(slice.length, bytes, MHD_RESPMEM_MUST_FREE);
}

MHD_Response* FromBody(Body& body) {
  if (auto* text = std::get_if<std::string>(&body)) return FromText(*text);
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
  bool read = ReadAll(std::get<FileSlice>(cut.body), position, length, buffer);
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
