#include "tools/emulator/send.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace annofs::emulator {
namespace {

// Up to here header and body of a file leave in one write.
constexpr uint64_t kSmallBody = 64 << 10;
constexpr uint64_t kBlock = 128 << 10;  // where a body is read piece by piece

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
  return FromSmallFile(std::get<FileSlice>(body));
}

// A body that is read while it is sent.
struct Sending {
  Body body;
  Delivery delivery;
};

// Bytes of the body, and zeros behind it.
bool ReadPiece(const Body& body, uint64_t from, uint64_t length, char* out) {
  uint64_t size = BodySize(body);
  uint64_t inside = std::min(length, size - std::min(size, from));
  memset(out + inside, 0, length - inside);
  if (const auto* text = std::get_if<std::string>(&body)) {
    if (inside > 0) memcpy(out, text->data() + from, inside);
    return true;
  }
  if (const auto* slice = std::get_if<TextSlice>(&body)) {
    if (inside > 0) memcpy(out, slice->text->data() + slice->offset + from, inside);
    return true;
  }
  return ReadSlice(std::get<FileSlice>(body), from, inside, out);
}

ssize_t ReadSome(void* state, uint64_t position, char* buffer, size_t room) {
  auto& [body, delivery] = *static_cast<Sending*>(state);
  uint64_t end = std::max(delivery.cut_after.value_or(UINT64_MAX), position);
  std::optional<uint64_t> length = std::min<uint64_t>(room, end - position);
  if (*length > 0 && delivery.pace) length = delivery.pace->Admit(position, *length);
  if (!length || *length == 0 || !ReadPiece(body, position, *length, buffer)) {
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }
  std::optional<uint64_t> corrupt = delivery.corrupt_at;
  if (corrupt && *corrupt >= position && *corrupt - position < *length) {
    buffer[*corrupt - position] = static_cast<char>(~buffer[*corrupt - position]);
  }
  return static_cast<ssize_t>(*length);
}

void EndSending(void* state) { delete static_cast<Sending*>(state); }

MHD_Response* FromDelivery(Reply& reply) {
  uint64_t size = AnnouncedSize(reply);
  uint64_t block = std::clamp<uint64_t>(size, 1, kBlock);
  auto* state = new Sending{.body = std::move(reply.body), .delivery = std::move(reply.delivery)};
  return MHD_create_response_from_callback(size, block, &ReadSome, state, &EndSending);
}

MHD_Response* ResponseOf(Reply& reply) {
  // A file that becomes shorter meanwhile ends the connection; the library's own way from file to
  // socket would wait for the rest for ever.
  const auto* file = std::get_if<FileSlice>(&reply.body);
  bool at_once = reply.delivery.plain() && (file == nullptr || file->length <= kSmallBody);
  return at_once ? FromBody(reply.body) : FromDelivery(reply);
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
