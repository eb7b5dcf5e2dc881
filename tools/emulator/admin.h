// The emulator's own interface, below /__emu/: counters, log, faults. Not part of any store's API.
// Thread safe.
#pragma once

#include "tools/emulator/faults.h"
#include "tools/emulator/gate.h"
#include "tools/emulator/http.h"
#include "tools/emulator/router.h"
#include "tools/emulator/traffic.h"

namespace annofs::emulator {

class Admin {
 public:
  // All outlive the interface.
  Admin(Traffic& traffic, Faults& faults, Gate& gate)
      : traffic_(traffic), faults_(faults), gate_(gate) {}

  // `GET counters`, `GET log`, `POST reset`, `POST faults`, `POST faults/clear`. 404 for another
  // path, 405 for another method.
  Reply Answer(const Route& route, const Request& request);

 private:
  Traffic& traffic_;
  Faults& faults_;
  Gate& gate_;

  Reply AddFault(const Request& request);
  Reply ClearFaults();
  Reply FaultsReply() const;
};

}  // namespace annofs::emulator
