#include "formats/python_set.h"

#include <cstddef>
#include <optional>

namespace annofs {
namespace {

constexpr size_t kSmallest = 8;
constexpr size_t kNeighbours = 9;  // looked at behind a slot before jumping
constexpr int kShift = 5;

class Table {
 public:
  Table() : slots_(kSmallest) {}

  void Insert(uint32_t number) {
    if (!Place(number)) return;
    ++used_;
    const size_t mask = slots_.size() - 1;
    if (used_ * 5 >= mask * 3) Grow(used_ > 50000 ? used_ * 2 : used_ * 4);
  }
  std::vector<uint32_t> Numbers() const {
    std::vector<uint32_t> numbers;
    for (const std::optional<uint32_t>& slot : slots_) {
      if (slot) numbers.push_back(*slot);
    }
    return numbers;
  }

 private:
  // False: it is there already.
  bool Place(uint32_t number) {
    const size_t mask = slots_.size() - 1;
    size_t perturb = number;
    size_t at = number & mask;
    while (true) {
      const size_t last = at + kNeighbours <= mask ? at + kNeighbours : at;
      for (size_t i = at; i <= last; ++i) {
        if (slots_[i] == number) return false;
        if (slots_[i]) continue;
        slots_[i] = number;
        return true;
      }
      perturb >>= kShift;
      at = (at * 5 + 1 + perturb) & mask;
    }
  }

  void Grow(size_t more_than) {
    size_t size = kSmallest;
    while (size <= more_than) size *= 2;
    const std::vector<uint32_t> numbers = Numbers();
    slots_.assign(size, std::nullopt);
    for (uint32_t number : numbers) Place(number);
  }

  std::vector<std::optional<uint32_t>> slots_;
  size_t used_ = 0;
};

}  // namespace

std::vector<uint32_t> PythonSetOrder(const std::vector<uint32_t>& inserted) {
  Table table;
  for (uint32_t number : inserted) table.Insert(number);
  return table.Numbers();
}

}  // namespace annofs
