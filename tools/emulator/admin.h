// The emulator's own interface, below /__emu/: counters, log, faults, settings, clock. Not part of
// any store's API. Thread safe.
#pragma once

#include "tools/emulator/caps.h"
#include "tools/emulator/emulator_clock.h"
#include "tools/emulator/faults.h"
#include "tools/emulator/gate.h"
#include "tools/emulator/http.h"
#include "tools/emulator/router.h"
#include "tools/emulator/settings.h"
#include "tools/emulator/traffic.h"

namespace annofs::emulator {

// What the interface shows and changes; all of it outlives the interface.
struct AdminContext {
  Traffic& traffic;
  Faults& faults;
  Gate& gate;
  Settings& settings;
  Caps& caps;
  EmulatorClock& clock;
};

class Admin {
 public:
  explicit Admin(AdminContext context) : context_(context) {}

  // `GET counters`, `GET log`, `POST reset`, `POST faults`, `POST faults/clear`, `GET settings`,
  // `POST settings`, `POST advance-time`. 404 for another path, 405 for another method.
  Reply Answer(const Route& route, const Request& request);

 private:
  const AdminContext context_;
};

}  // namespace annofs::emulator
