#include "formats/png_rows.h"

#include <png.h>

#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace annofs {

// libpng leaves a function by longjmp: those that call it have nothing to destroy.
struct PngRows::State {
  explicit State(absl::string_view bytes) : png(bytes) {}
  State(const State&) = delete;
  ~State() { png_destroy_read_struct(&reader, &info, nullptr); }

  // False: it failed, `error` says why.
  bool ReadHeader();
  bool ReadRow();
  [[noreturn]] static void Fail(png_structp reader, png_const_charp message);
  static void ReadBytes(png_structp reader, png_bytep to, size_t size);

  absl::string_view png;
  size_t at = 0;
  png_structp reader = nullptr;
  png_infop info = nullptr;
  bool is_refused = false;
  size_t channels = 1, channel_bytes = 1;
  std::vector<uint8_t> row;
  char error[128] = "out of memory";
};

namespace {

// Of a text or a profile in the file.
constexpr png_alloc_size_t kMaxChunkBytes = 1 << 20;

void Ignore(png_structp, png_const_charp) {}

}  // namespace

void PngRows::State::Fail(png_structp reader, png_const_charp message) {
  auto* state = static_cast<State*>(png_get_error_ptr(reader));
  strncpy(state->error, message, sizeof(state->error) - 1);
  png_longjmp(reader, 1);
}

void PngRows::State::ReadBytes(png_structp reader, png_bytep to, size_t size) {
  auto* state = static_cast<State*>(png_get_io_ptr(reader));
  if (size > state->png.size() - state->at) png_error(reader, "it ends early");
  memcpy(to, state->png.data() + state->at, size);
  state->at += size;
}

bool PngRows::State::ReadHeader() {
  reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, Fail, Ignore);
  if (reader == nullptr) return false;
  info = png_create_info_struct(reader);
  if (info == nullptr) return false;
  if (setjmp(png_jmpbuf(reader)) != 0) return false;
  png_set_read_fn(reader, this, ReadBytes);
  png_set_user_limits(reader, kMaxSide, kMaxSide);
  png_set_chunk_malloc_max(reader, kMaxChunkBytes);
  png_read_info(reader, info);
  const uint64_t pixels =
      uint64_t{png_get_image_width(reader, info)} * png_get_image_height(reader, info);
  is_refused = true;
  if (pixels > kMaxPixels) png_error(reader, "it has too many pixels");
  if (png_get_interlace_type(reader, info) != PNG_INTERLACE_NONE) {
    png_error(reader, "it is interlaced");
  }
  is_refused = false;
  const png_byte type = png_get_color_type(reader, info);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(reader);
  if (type == PNG_COLOR_TYPE_GRAY) png_set_packing(reader);
  if ((type & PNG_COLOR_MASK_COLOR) != 0) png_set_scale_16(reader);
  png_set_strip_alpha(reader);
  png_read_update_info(reader, info);
  channels = png_get_channels(reader, info);
  channel_bytes = png_get_bit_depth(reader, info) == 16 ? 2 : 1;
  return true;
}

bool PngRows::State::ReadRow() {
  if (setjmp(png_jmpbuf(reader)) != 0) return false;
  png_read_row(reader, row.data(), nullptr);
  return true;
}

PngRows::PngRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
PngRows::PngRows(PngRows&&) noexcept = default;
PngRows& PngRows::operator=(PngRows&&) noexcept = default;
PngRows::~PngRows() = default;

absl::StatusOr<PngRows> PngRows::Open(absl::string_view png) {
  auto state = std::make_unique<State>(png);
  if (!state->ReadHeader()) {
    std::string why = absl::StrCat("a PNG that is not read: ", state->error);
    return state->is_refused ? absl::UnimplementedError(why) : absl::InvalidArgumentError(why);
  }
  state->row.resize(png_get_rowbytes(state->reader, state->info));
  return PngRows(std::move(state));
}

uint32_t PngRows::width() const { return png_get_image_width(state_->reader, state_->info); }
uint32_t PngRows::height() const { return png_get_image_height(state_->reader, state_->info); }
bool PngRows::is_color() const { return state_->channels >= 3; }

absl::Status PngRows::Next(std::vector<uint32_t>& row) {
  if (!state_->ReadRow()) {
    return absl::InvalidArgumentError(absl::StrCat("a broken PNG: ", state_->error));
  }
  row.resize(width());
  const size_t bytes = (is_color() ? 3 : 1) * state_->channel_bytes;
  const uint8_t* at = state_->row.data();
  for (uint32_t& pixel : row) {
    pixel = 0;
    for (size_t i = 0; i < bytes; ++i) pixel = pixel << 8 | *at++;
  }
  return absl::OkStatus();
}

}  // namespace annofs
