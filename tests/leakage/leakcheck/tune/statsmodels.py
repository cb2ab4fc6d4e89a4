import pandas as pd
import statsmodels.api as sm
from sklearn.metrics import mean_squared_error
from statsmodels.tsa.arima.model import ARIMA
s = pd.read_csv("s.csv", index_col=0)["v"]
train, test = s[:-12], s[-12:]
model = ARIMA(train, order=(1, 1, 1)).fit()
forecast = model.forecast(12)
print(mean_squared_error(test, forecast))
ols = sm.OLS(train.values[1:], sm.add_constant(train.values[:-1])).fit()
print(ols.summary())
