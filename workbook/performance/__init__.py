"""项目支出绩效自评表: the official performance self-evaluation tables: model, import, arithmetic, sheet."""
