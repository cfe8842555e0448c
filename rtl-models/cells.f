// Every cell and what it is made of, for tools that take a list of files.
plc_neuron_pkg.sv
plc_s1615_mul.sv
plc_fraction_mul.sv
plc_lif_receptor.sv
plc_lif_cell.sv
plc_exp2_table.sv
plc_acceptance.sv
plc_onoff_cell.sv
plc_threefry.sv
plc_normalise.sv
plc_log2_table.sv
plc_annealer.sv
plc_threshold_cell.sv
plc_threshold_gate.sv
plc_stdp_trace.sv
plc_stdp.sv
