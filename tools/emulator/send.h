// Hands a reply to libmicrohttpd.
#pragma once

#include <microhttpd.h>

#include "tools/emulator/http.h"

namespace annofs::emulator {

// MHD_NO closes the connection: asked for, or the body could not be had.
MHD_Result Send(MHD_Connection* connection, Reply reply);

}  // namespace annofs::emulator
